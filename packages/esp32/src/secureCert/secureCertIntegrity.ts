import { equalBytes } from '@mkiot/core/bytes/bytes';
import { toHexOffset } from '../bytes/hexOffset.ts';
import type { ParsedSecureCertEntry } from './parseSecureCert.ts';
import { SECURE_CERT_TYPES } from './secureCertEntry.ts';
import { secureCertError } from './secureCertErrors.ts';

/**
 * Compares each integrity TLV with the SHA-256 of what stands before it. It finds accidents: who can write the partition can
 * write it too. It is not what signs a partition.
 *
 * @throws `SECURE_CERT_INTEGRITY`
 */
export async function checkIntegrity(
  partition: Uint8Array<ArrayBuffer>,
  entries: readonly ParsedSecureCertEntry[],
): Promise<void> {
  for (const { type, offset, value } of entries) {
    if (type !== SECURE_CERT_TYPES.INTEGRITY) continue;
    const digest = await crypto.subtle.digest('SHA-256', partition.subarray(0, offset));
    if (equalBytes(new Uint8Array(digest), value)) continue;
    throw secureCertError('SECURE_CERT_INTEGRITY', { offset: toHexOffset(offset) });
  }
}
