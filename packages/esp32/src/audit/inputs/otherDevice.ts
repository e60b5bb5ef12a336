import { equalBytes } from '@mkiot/core/bytes/bytes';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { recogniseContent } from '../../content/recogniseContent.ts';
import { type EfuseDump, rawBytes, rawNumber } from '../../efuse/efuseDump.ts';
import { fieldsOf } from '../../efuse/efuseFields.ts';
import { parseImage } from '../../image/parseImage.ts';
import { verifySignedImage } from '../../secureBoot/verifySignedImage.ts';
import type { FlashDump, FlashRegion } from '../flash/flashDump.ts';
import type { AuditSubject } from '../subject.ts';
import { inputError } from './inputErrors.ts';

/** What in the eFuses and the dump cannot be of one device at one time. */
export async function otherDevice({ efuse, flash }: AuditSubject): Promise<readonly MkiotError[]> {
  if (efuse === undefined || flash === undefined) return [];
  const [source, other] = [efuse.source, flash.source];
  const problems: MkiotError[] = [];
  const isOn = isFlashEncryptionOn(efuse.value);
  const found = bootloaderOf(flash.value)?.content;
  if ((isOn && found === 'plain') || (!isOn && found === 'encrypted')) {
    const state = isOn ? 'on' : 'off';
    const words = found === 'plain' ? 'in clear' : 'encrypted';
    problems.push(inputError('AUDIT_FLASH_OTHER_STATE', { source, other, state, found: words }));
  }
  if (await isSignedByOthers(efuse.value, flash.value)) {
    problems.push(inputError('AUDIT_DIGEST_OTHER', { source, other }));
  }
  return problems;
}

/** Whether an odd number of bits of the counter is set. */
export function isFlashEncryptionOn(dump: EfuseDump): boolean {
  const counter = fieldsOf(dump).find(({ name }) => name === dump.chip.flashEncryption.counterField);
  let ones = 0;
  for (let rest = counter === undefined ? 0 : rawNumber(dump, counter); rest > 0; rest >>= 1) ones += rest & 1;
  return ones % 2 === 1;
}

function bootloaderOf({ regions }: FlashDump): FlashRegion | undefined {
  return regions.find(({ name }) => name === 'bootloader');
}

const SECTOR = 0x1000;

/** Whether secure boot v2 is on and a signed bootloader has no signature by a key of which the chip has the digest. */
async function isSignedByOthers(efuse: EfuseDump, flash: FlashDump): Promise<boolean> {
  const digests = trustedDigests(efuse);
  const bootloader = bootloaderOf(flash)?.readable;
  if (digests.length === 0 || bootloader === undefined) return false;
  if (recogniseContent(bootloader)?.endsWith('image') !== true) return false;
  try {
    const image = bootloader.slice();
    const signed = Math.ceil(parseImage(image).end / SECTOR) * SECTOR + SECTOR;
    const verdicts = await verifySignedImage(image.slice(0, signed));
    return !verdicts.some(({ keyDigest }) => keyDigest && digests.some((digest) => equalBytes(digest, keyDigest)));
  } catch {
    // Cut, damaged or not signed at all: that says nothing about whose device it is.
    return false;
  }
}

/** Digests of secure boot v2 that are burned: by the purpose of their block, on the ESP32 by the version that is on. */
function trustedDigests(efuse: EfuseDump): readonly Uint8Array[] {
  const fields = fieldsOf(efuse);
  const { blocks, keyPurposes } = efuse.chip.efuse;
  const digests = blocks.flatMap(({ name, keyPurposeField }) => {
    const purpose = fields.find((field) => field.name === keyPurposeField);
    const isDigest =
      purpose === undefined
        ? name === 'BLOCK2' && isSet(efuse, 'ABS_DONE_1')
        : keyPurposes[rawNumber(efuse, purpose)]?.startsWith('SECURE_BOOT_DIGEST') === true;
    const field = fields.find((candidate) => candidate.name === name);
    return isDigest && field !== undefined ? [rawBytes(efuse, field)] : [];
  });
  // A digest that is not burned or read-protected shows zeros.
  return digests.filter((digest) => digest.some((byte) => byte !== 0));
}

function isSet(efuse: EfuseDump, name: string): boolean {
  const field = fieldsOf(efuse).find((candidate) => candidate.name === name);
  return field !== undefined && rawNumber(efuse, field) > 0;
}
