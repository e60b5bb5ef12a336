import { createHmac } from 'node:crypto';
import { auditTrailError } from './auditTrailErrors.ts';

/** Length of the key, and of a MAC, in bytes: that of SHA-256. */
export const KEY_BYTES = 32;

/** The columns that an entry's MAC covers, in its order. `before` and `after` are JSON texts as stored. */
export interface ChainedEntry {
  readonly sequence: number;
  readonly time_ms: number;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Where a chain ends: the last entry's number and MAC, and 0 with the key's own MAC before the first. */
export interface Head {
  readonly sequence: number;
  readonly mac: Uint8Array;
}

/** The chain's beginning: no entry, and a MAC that only the key's holder can make. */
export function emptyHead(key: Uint8Array): Head {
  return { sequence: 0, mac: createHmac('sha256', key).update('mkiot audit trail').digest() };
}

/** HMAC-SHA-256 over the MAC before and the entry. A JSON array of the columns: no two entries have the same bytes. */
export function macOf(key: Uint8Array, previousMac: Uint8Array, entry: ChainedEntry): Uint8Array {
  const { sequence, time_ms, principal, action, resource, before, after } = entry;
  const covered = JSON.stringify([sequence, time_ms, principal, action, resource, before, after]);
  return createHmac('sha256', key).update(previousMac).update(covered).digest();
}

/** `4711:9f86d0…`, one line for a log, a file or a slip of paper. */
export function formatHead(head: Head): string {
  return `${head.sequence}:${Buffer.from(head.mac).toString('hex')}`;
}

/** @throws `AUDIT_HEAD_MALFORMED` */
export function parseHead(text: string): Head {
  const match = /^(0|[1-9][0-9]{0,15}):([0-9a-f]{64})$/.exec(text.trim());
  const sequence = Number(match?.[1]);
  if (match?.[2] === undefined || !Number.isSafeInteger(sequence)) throw auditTrailError('AUDIT_HEAD_MALFORMED');
  return { sequence, mac: Buffer.from(match[2], 'hex') };
}
