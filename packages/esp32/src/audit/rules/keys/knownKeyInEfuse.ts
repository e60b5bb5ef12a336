import { toHex } from '@mkiot/core/bytes/bytes';
import { keySlots, type KeySlot } from '../../../efuse/keySlots.ts';
import type { Rule } from '../../rule.ts';
import { slotObservation } from '../fuseObservation.ts';
import { SECURITY_OVERVIEW } from '../references.ts';
import { publishedAs } from './publishedKeys.ts';

export const knownKeyInEfuse: Rule = {
  id: 'known-key-in-efuse',
  title: 'A key in the eFuses is one that everybody has',
  meaning:
    'It is a test key that was published, or a pattern. Anyone signs firmware that this device trusts, or decrypts its flash.',
  severity: 'critical',
  mend: [
    'The block can not be burned again. For secure boot on chips with several slots: burn the digest of your own key into another slot, update to firmware signed with it, then revoke the slot of the known key. It cannot be undone.',
    'Otherwise replace the chip. Make own keys: "espsecure generate-signing-key --version 2 KEYFILE", "espsecure generate-flash-encryption-key KEYFILE".',
  ],
  references: [SECURITY_OVERVIEW],
  needs: ['efuse'],
  check: ({ efuse }) => {
    if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
    return keySlots(efuse.value)
      .filter(({ use, isEmpty, isReadProtected }) => use !== 'user' && !isEmpty && !isReadProtected)
      .flatMap((slot) => {
        const known = whatIsKnown(slot);
        return known === undefined ? [] : [slotObservation(efuse, slot, `holds ${known}.`)];
      });
  },
};

function whatIsKnown({ bytes }: KeySlot): string | undefined {
  const published = publishedAs(toHex(bytes), toHex(bytes.toReversed()));
  if (published !== undefined) return `a key that is published: ${published}`;
  return isPattern(bytes) ? 'a pattern instead of a key' : undefined;
}

/** All bytes alike, or each as far from the one before: 00 01 02 … */
function isPattern(bytes: Uint8Array): boolean {
  const step = ((bytes[1] ?? 0) - (bytes[0] ?? 0)) & 0xff;
  return bytes.every((byte, index) => index === 0 || ((byte - (bytes[index - 1] ?? 0)) & 0xff) === step);
}
