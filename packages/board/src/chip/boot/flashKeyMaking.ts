// check_and_generate_encryption_keys of ESP-IDF and what goes with it: all that has to be burned before flash is encrypted.
import { isReadProtected, isWriteProtected } from '@mkiot/esp32/efuse/efuseDump';
import { EfuseBatch, efuseNumber, isFieldLocked } from './efuseFields.ts';
import { flashKeyBlocks, purposeValue } from './flashKey.ts';
import { addKeyProtection, freeKeyBlocks } from './keyBlocks.ts';
import { closeFeatures } from './securityFeatures.ts';
import type { Stage } from './stage.ts';

const TAG = 'flash_encrypt';
/** The purpose that the original ESP32's log gives its flash key; the chip itself knows none. */
const ESP32_FLASH_ENCRYPTION_PURPOSE = 2;
const ALL_QUARTERS = 0xf;

/**
 * Takes the flash key that is there or makes one, and closes what stays closed.
 *
 * @returns false: the key that is there is not protected, and the console was told
 * @throws `CHIP_POWER_LOST`
 */
export function prepareFlashKey(stage: Stage): boolean {
  const { console, dialect, chip } = stage;
  const batch = new EfuseBatch(stage.hardware.efuse);
  if (dialect.burnsInBatches) console.log('I', 'efuse', 'Batch mode of writing fields is enabled');
  const state = flashKeyState(stage);
  if (state === 'unprotected') {
    console.log('E', TAG, dialect.keyUnprotected);
    return false;
  }
  if (state === 'protected') console.log(dialect.preloadedKey.level, TAG, dialect.preloadedKey.text);
  else makeFlashKey(stage, batch);
  if (chip.name === 'esp32') setCryptConfig(stage, batch);
  closeFeatures(stage, batch);
  burn(stage, batch);
  if (dialect.burnsInBatches) console.log('I', 'efuse', 'Batch mode. Prepared fields are committed');
  return true;
}

/** Burns what is in `batch`, and tells of each block where this version does. @throws `CHIP_POWER_LOST` */
export function burn({ console, dialect }: Stage, batch: EfuseBatch): void {
  const tell = (text: string): void => {
    if (dialect.burnsInBatches) console.log('I', 'efuse', text);
  };
  batch.commit(
    (block) => tell(`BURN BLOCK${block}`),
    (block) => tell(`BURN BLOCK${block} - OK (all write block bits are set)`),
  );
}

function flashKeyState({ hardware }: Stage): 'unused' | 'protected' | 'unprotected' {
  const dump = hardware.efuse.readable();
  const states = flashKeyBlocks(dump).map((number) => {
    const block = dump.chip.efuse.blocks[number];
    const isLocked = block?.writeProtectBit !== undefined && isWriteProtected(dump, block.writeProtectBit);
    const isHidden = block?.readProtectBits.some((bit) => isReadProtected(dump, bit)) ?? false;
    const isPurposeLocked = block?.keyPurposeField === undefined || isFieldLocked(dump, block.keyPurposeField);
    const isEmpty = dump.blocks[number]?.every((byte) => byte === 0) ?? true;
    if (isEmpty && !isLocked && !isHidden) return 'unused';
    return isLocked && isHidden && isPurposeLocked ? 'protected' : 'unprotected';
  });
  if (states.every((state) => state === 'unused')) return 'unused';
  return states.every((state) => state === 'protected') ? 'protected' : 'unprotected';
}

function makeFlashKey(stage: Stage, batch: EfuseBatch): void {
  const { console, dialect, hardware, chip } = stage;
  console.log('I', TAG, 'Generating new flash encryption key...');
  const [free] = freeKeyBlocks(hardware.efuse.readable());
  if (free === undefined) return;
  const { block, keyNumber } = free;
  const isEsp32 = chip.name === 'esp32';
  const purpose = isEsp32 ? ESP32_FLASH_ENCRYPTION_PURPOSE : purposeValue(chip, 'XTS_AES_128_KEY');
  const bytes = hardware.efuse.readable().blocks[block.number]?.length ?? 0;
  batch.setBlock(block.number, hardware.random(new Uint8Array(bytes)));
  if (dialect.burnsInBatches) console.log('I', 'efuse', `Writing EFUSE_BLK_KEY${keyNumber} with purpose ${purpose}`);
  else {
    burn(stage, batch);
    console.log('I', TAG, 'Read & write protecting new key...');
  }
  if (block.keyPurposeField !== undefined) batch.set(block.keyPurposeField, purpose);
  addKeyProtection(batch, chip, block, true);
  if (!dialect.burnsInBatches) burn(stage, batch);
}

function setCryptConfig(stage: Stage, batch: EfuseBatch): void {
  const { console, hardware, dialect } = stage;
  console.log('I', TAG, 'Setting CRYPT_CONFIG efuse to 0xF');
  const burned = efuseNumber(hardware.efuse.readable(), 'FLASH_CRYPT_CONFIG');
  if (burned === 0) batch.set('FLASH_CRYPT_CONFIG', ALL_QUARTERS);
  else if (burned !== ALL_QUARTERS) {
    console.log('E', TAG, `EFUSE_ENCRYPT_CONFIG should be set 0xF but it is 0x${burned.toString(16)}`);
  }
  if (!dialect.burnsInBatches) burn(stage, batch);
}
