import type { PublicKey } from '../../../keys/keys.ts';
import {
  parseSignatureBlock,
  SIGNATURE_BLOCK_BYTES,
  SIGNATURE_BLOCK_MAGIC,
} from '../../../secureBoot/signatureBlock.ts';
import type { FlashDump, FlashRegion } from '../../flash/flashDump.ts';
import { SECTOR_BYTES } from '../../flash/sectorTexture.ts';
import type { Observation, Rule } from '../../rule.ts';
import { secretsByKnownKeys } from '../../secrets/knownKeys.ts';
import { whereKeyIsPublished } from '../../secrets/publishedPrivateKeys.ts';
import type { FromInput } from '../../subject.ts';
import { SECURITY_OVERVIEW } from '../references.ts';
import { regionAt, secretObservation } from './secretObservations.ts';

export const knownTestKey: Rule = {
  id: 'known-test-key',
  title: 'A key of the device is published with an example',
  meaning:
    'The private key is in a public repository, for tests and examples. Whoever downloads that is your device, your server, or signs ' +
    'firmware that your device runs.',
  severity: 'critical',
  mend: [
    'Make keys of your own: "espsecure generate-signing-key --version 2 KEYFILE" for secure boot, one key for each device for its identity.',
    'Where the digest of the published key is in the eFuses, revoke its slot after an update that is signed with another.',
  ],
  references: [SECURITY_OVERVIEW],
  needs: ['flash'],
  check: (subject) => {
    const { flash } = subject;
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    const inSecrets = secretsByKnownKeys(flash.value, subject.publicKeys).flatMap((secret) => {
      const where = secret.publicKey && whereKeyIsPublished(secret.publicKey);
      if (where === undefined) return [];
      const { proof: _, ...known } = secret;
      // Its form may be weak, but this very number was published.
      const { text, ...place } = secretObservation(subject, { ...known, confidence: 'proven' });
      return [{ ...place, text: `${text.replace(/\.$/, '')}: ${where}.` }];
    });
    return [...inSecrets, ...signatureKeys(flash)];
  },
};

/** Signature blocks of secure boot v2 begin a sector behind an image. */
function signatureKeys(flash: FromInput<FlashDump>): readonly Observation[] {
  return flash.value.regions.flatMap((region) => {
    const found: Observation[] = [];
    for (let at = 0; at + SIGNATURE_BLOCK_BYTES <= region.size; at += SECTOR_BYTES) {
      const key = signatureKeyAt(region, at);
      const where = key && whereKeyIsPublished(key);
      if (where === undefined) continue;
      const offset = region.offset + at;
      const { partition, name } = regionAt(flash.value, offset) ?? region;
      const text = `The image before is signed with the key ${where}.`;
      found.push({
        source: flash.source,
        text,
        offset,
        length: SIGNATURE_BLOCK_BYTES,
        ...(partition && { partition: name }),
      });
    }
    return found;
  });
}

function signatureKeyAt({ readable }: FlashRegion, at: number): PublicKey | undefined {
  if (readable[at] !== SIGNATURE_BLOCK_MAGIC) return undefined;
  try {
    return parseSignatureBlock(readable.subarray(at, at + SIGNATURE_BLOCK_BYTES), 0, at).publicKey;
  } catch {
    return undefined;
  }
}
