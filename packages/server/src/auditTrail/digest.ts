import { createHash } from 'node:crypto';

/** What the audit trail tells of a config, a command or a key: enough to compare two, nothing to learn one from. */
export interface Digest {
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** In bytes. */
  readonly length: number;
}

/** Digest of `bytes`; of a text, of its UTF-8 bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), length: Buffer.byteLength(bytes) };
}
