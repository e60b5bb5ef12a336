import { isErased } from '../bytes/isErased.ts';
import type { Aes, AesEcb } from '../aes/aes.ts';
import { xtsWhitening } from '../aes/xtsWhitening.ts';
import { NVS_ENTRIES, NVS_ENTRIES_OFFSET, NVS_ENTRY_BYTES, NVS_PAGE_BYTES } from './nvsFormat.ts';
import type { NvsKeys } from './nvsKeys.ts';
import { entryState, nvsPages } from './parseNvs.ts';

/**
 * NVS encryption: XTS-AES-256, each entry a data unit of its own, numbered by its offset in the partition (ESP-IDF, "NVS
 * Encryption"). Headers and states of pages stay plain, and so do entries that nothing was ever written to.
 *
 * @returns the partition, encrypted
 * @throws `NVS_LENGTH`
 */
export function encryptNvs(partition: Uint8Array, keys: NvsKeys, aes: Aes): Uint8Array<ArrayBuffer> {
  return applyToEntries(partition, keys, aes, 'encrypt');
}

/** @returns the partition, decrypted; with other keys it is noise. @throws `NVS_LENGTH` */
export function decryptNvs(partition: Uint8Array, keys: NvsKeys, aes: Aes): Uint8Array<ArrayBuffer> {
  return applyToEntries(partition, keys, aes, 'decrypt');
}

/** Encrypts or decrypts whole entries. */
export interface NvsEntryCipher {
  /** @param offset of the first of `entries` in the partition */
  readonly encrypt: (offset: number, entries: Uint8Array) => Uint8Array;
  readonly decrypt: (offset: number, entries: Uint8Array) => Uint8Array;
}

/** The cipher of single entries: for a device, which writes one after the other. */
export function nvsEntryCipher({ dataKey, tweakKey }: NvsKeys, aes: Aes): NvsEntryCipher {
  const dataCipher = aes(dataKey);
  const tweakCipher = aes(tweakKey);
  const apply =
    (direction: keyof AesEcb) =>
    (offset: number, entries: Uint8Array): Uint8Array => {
      const mask = xtsWhitening(offset, entries.length, NVS_ENTRY_BYTES, tweakCipher);
      return xor(dataCipher[direction](xor(entries, mask)), mask);
    };
  return { encrypt: apply('encrypt'), decrypt: apply('decrypt') };
}

function applyToEntries(
  partition: Uint8Array,
  keys: NvsKeys,
  aes: Aes,
  direction: keyof NvsEntryCipher,
): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(partition);
  const cipher = nvsEntryCipher(keys, aes);
  for (const [index, page] of nvsPages(output).entries()) {
    if (isErased(page)) continue;
    const entries = page.subarray(NVS_ENTRIES_OFFSET);
    const changed = cipher[direction](index * NVS_PAGE_BYTES + NVS_ENTRIES_OFFSET, entries);
    for (let entry = 0; entry < NVS_ENTRIES; entry++) {
      const at = entry * NVS_ENTRY_BYTES;
      const unit = entries.subarray(at, at + NVS_ENTRY_BYTES);
      // A value may hold 0xff in plain: whether there is one is for the entry's state to say.
      if (entryState(page, entry) === 'empty' && isErased(unit)) continue;
      unit.set(changed.subarray(at, at + NVS_ENTRY_BYTES));
    }
  }
  return output;
}

function xor(bytes: Uint8Array, mask: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => byte ^ (mask[at] as number));
}
