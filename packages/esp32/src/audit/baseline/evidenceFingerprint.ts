import { toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Evidence } from '../finding.ts';

const FINGERPRINT_BYTES = 8;
/** A quoted line of a log has the time since the start, which no two starts have alike. */
const LOG_TIME = /\(\d+\)/g;

/**
 * What names a piece of evidence from one audit to the next: 16 hexadecimal digits over the rule and what it saw where. The
 * name of the file, the number of the line and the time of a log entry are left out, so that a new dump or log of the same device has the same ones.
 */
export async function evidenceFingerprint(ruleId: string, evidence: Evidence): Promise<string> {
  const { partition = null, nvsKey = null, offset = null, field = null, text, isLeftover = false } = evidence;
  const seen = text.replaceAll(LOG_TIME, '');
  const identity = JSON.stringify([ruleId, partition, nvsKey, offset, field, seen, isLeftover]);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8Encode(identity)));
  return toHex(digest.subarray(0, FINGERPRINT_BYTES));
}
