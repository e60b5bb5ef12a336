import { toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Evidence } from '../finding.ts';

const FINGERPRINT_BYTES = 8;

/**
 * What names a piece of evidence from one audit to the next: 16 hexadecimal digits over the rule and what it saw where. The
 * name of the file and the number of the line are left out, so that a new dump or log of the same device has the same ones.
 */
export async function evidenceFingerprint(ruleId: string, evidence: Evidence): Promise<string> {
  const { partition = null, nvsKey = null, offset = null, field = null, text, isLeftover = false } = evidence;
  const identity = JSON.stringify([ruleId, partition, nvsKey, offset, field, text, isLeftover]);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8Encode(identity)));
  return toHex(digest.subarray(0, FINGERPRINT_BYTES));
}
