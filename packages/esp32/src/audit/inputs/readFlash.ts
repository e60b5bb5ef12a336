import type { Aes } from '../../aes/aes.ts';
import type { Chip } from '../../chips/chip.ts';
import { type EfuseDump, rawNumber } from '../../efuse/efuseDump.ts';
import { fieldsOf } from '../../efuse/efuseFields.ts';
import { esp32FlashCipher, FLASH_CRYPT_CONFIG_ALL } from '../../flashEncryption/esp32FlashCipher.ts';
import type { FlashCipher } from '../../flashEncryption/flashCipher.ts';
import { xtsFlashCipher } from '../../flashEncryption/xtsFlashCipher.ts';
import type { Partition } from '../../partitionTable/partition.ts';
import type { FlashDump } from '../flash/flashDump.ts';
import { readFlashDump } from '../flash/readFlashDump.ts';
import type { InputFile } from './auditInput.ts';
import { inputError } from './inputErrors.ts';

/** What else is known of the device whose flash is read. */
export interface FlashContext {
  readonly chip: Chip | undefined;
  readonly efuse: EfuseDump | undefined;
  readonly partitions: readonly Partition[] | undefined;
  readonly flashKey: InputFile | undefined;
  readonly aes: Aes;
}

/** Reads partitions that lie one behind the other; at which address each was is not known, so no key opens them. */
export function readPartitions(
  bytes: Uint8Array<ArrayBuffer>,
  chip: Chip | undefined,
  partitions: readonly Partition[],
): FlashDump {
  return readFlashDump(bytes, { chip, partitions, isPartitionsAlone: true });
}

/**
 * Reads a dump, with the flash encryption key where there is one. Which algorithm the key is for is tried where no other
 * input tells it.
 *
 * @throws `AUDIT_FLASH_KEY_LENGTH`
 */
export async function readFlash(bytes: Uint8Array<ArrayBuffer>, context: FlashContext): Promise<FlashDump> {
  const { chip, partitions, flashKey } = context;
  if (flashKey === undefined) return readFlashDump(bytes, { chip, partitions });
  let dump: FlashDump | undefined;
  for (const cipher of await possibleCiphers(flashKey, context)) {
    dump = readFlashDump(bytes, { chip, partitions, cipher });
    if (dump.keyFits === true) return dump;
  }
  if (dump !== undefined) return dump;
  throw inputError('AUDIT_FLASH_KEY_LENGTH', { source: flashKey.name, bytes: flashKey.bytes.length });
}

/** The ciphers under which a key of this length can have been burned into such a chip. */
async function possibleCiphers(
  { bytes: key }: InputFile,
  { chip, efuse, aes }: FlashContext,
): Promise<readonly FlashCipher[]> {
  const algorithms = chip === undefined ? ['tweaked-key', 'xts-aes'] : [chip.flashEncryption.algorithm];
  const ciphers: FlashCipher[] = [];
  if (algorithms.includes('tweaked-key') && (key.length === 24 || key.length === 32)) {
    const burned = efuse && flashCryptConfig(efuse);
    // A dump from before the eFuses, or without them, may be under either: ESP-IDF burns 0xf, other tools none.
    for (const config of new Set([burned ?? FLASH_CRYPT_CONFIG_ALL, FLASH_CRYPT_CONFIG_ALL, 0])) {
      ciphers.push(esp32FlashCipher(key, config));
    }
  }
  if (algorithms.includes('xts-aes') && (key.length === 16 || key.length === 32 || key.length === 64)) {
    ciphers.push(await xtsFlashCipher(key, aes));
  }
  return ciphers;
}

function flashCryptConfig(dump: EfuseDump): number | undefined {
  const field = fieldsOf(dump).find(({ name }) => name === 'FLASH_CRYPT_CONFIG');
  return field && rawNumber(dump, field);
}
