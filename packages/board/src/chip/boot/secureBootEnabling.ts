// esp_secure_boot_v2_permanently_enable of ESP-IDF: the first boot of a bootloader with secure boot v2 makes the keys that
// signed it the only ones that the chip trusts.
import { equalBytes } from '@mkiot/core/bytes/bytes';
import { EfuseBatch, efuseNumber } from './efuseFields.ts';
import { purposeValue } from './flashKey.ts';
import { burn } from './flashKeyMaking.ts';
import type { ImageInFlash } from './imageInFlash.ts';
import { readImageInFlash } from './readImageInFlash.ts';
import { addKeyProtection, freeKeyBlocks, RD_DIS_LOCK } from './keyBlocks.ts';
import { signatureVerdicts } from './signedBytes.ts';
import type { Stage } from './stage.ts';
import { ESP32_SECURE_BOOT_BLOCK, secureBootV2Field, trustedDigests } from './trustedDigests.ts';

const TAG = 'secure_boot_v2';
const DIGEST_SLOTS = [0, 1, 2] as const;

/**
 * Burns the digests of the keys that have signed the bootloader, and turns secure boot on.
 *
 * @returns false: bootloader and app have no key in common, and nothing was burned
 * @throws `CHIP_POWER_LOST`
 */
export async function enableSecureBoot(stage: Stage, app: ImageInFlash): Promise<boolean> {
  const { console, hardware, chip, options } = stage;
  const dump = hardware.efuse.readable();
  if (efuseNumber(dump, secureBootV2Field(dump)) === 1) {
    console.log('I', TAG, 'secure boot v2 is already enabled, continuing..');
    return true;
  }
  console.log('I', TAG, 'Secure Boot V2 is not enabled yet and eFuse digest keys are not set');
  const room = { offset: chip.bootloaderOffset, size: options.partitionTableOffset - chip.bootloaderOffset };
  const bootloader = await readImageInFlash(stage, room, 'verify');
  const bootloaderKeys = bootloader === undefined ? [] : await keysOf(stage, bootloader);
  const appKeys = await keysOf(stage, app);
  if (!appKeys.some((key) => bootloaderKeys.some((other) => equalBytes(key, other)))) {
    console.log('E', TAG, 'No signing key is common to bootloader and app');
    return false;
  }
  console.log('I', TAG, 'enabling secure boot v2...');
  if (trustedDigests(dump).length === 0) burnDigests(stage, bootloaderKeys);
  const switches = new EfuseBatch(hardware.efuse);
  switches.set(secureBootV2Field(dump), 1);
  // A flash key that this boot has still to make could not be hidden any more.
  if (options.flashEncryption === 'none') switches.setBit('WR_DIS', RD_DIS_LOCK);
  burn(stage, switches);
  console.log('I', TAG, 'Secure boot permanently enabled');
  return true;
}

/** Digests of the keys whose signature of the image is good. */
async function keysOf({ cache }: Stage, { address, length }: ImageInFlash): Promise<readonly Uint8Array[]> {
  const verdicts = await signatureVerdicts(cache, address, length);
  return verdicts.flatMap(({ problem, keyDigest }) => (problem === undefined && keyDigest ? [keyDigest] : []));
}

function burnDigests(stage: Stage, keys: readonly Uint8Array[]): void {
  const { console, hardware, chip } = stage;
  const batch = new EfuseBatch(hardware.efuse);
  console.log('I', TAG, 'Burning public key hash to eFuse');
  const dump = hardware.efuse.readable();
  const free =
    chip.name === 'esp32'
      ? freeKeyBlocks(dump).filter(({ block }) => block.number === ESP32_SECURE_BOOT_BLOCK)
      : freeKeyBlocks(dump).slice(0, DIGEST_SLOTS.length);
  for (const [slot, { block, keyNumber }] of free.slice(0, keys.length).entries()) {
    const purpose = purposeValue(chip, `SECURE_BOOT_DIGEST${slot}`);
    if (block.keyPurposeField !== undefined) {
      console.log('I', 'efuse', `Writing EFUSE_BLK_KEY${keyNumber} with purpose ${purpose}`);
      batch.set(block.keyPurposeField, purpose);
    }
    batch.setBlock(block.number, keys[slot] as Uint8Array);
    addKeyProtection(batch, chip, block, false);
  }
  // A slot that nobody needs would take the key of whoever can burn eFuses.
  for (const slot of DIGEST_SLOTS.slice(keys.length)) batch.set(`SECURE_BOOT_KEY_REVOKE${slot}`, 1);
  burn(stage, batch);
}
