import type { Aes, AesEcb } from '../aes/aes.ts';
import { checkFlashRange, FLASH_BLOCK_BYTES, type FlashCipher } from './flashCipher.ts';
import { flashEncryptionError } from './flashEncryptionErrors.ts';

/** XTS data unit of the chips: the tweak is that of an address rounded down to it. */
const UNIT_BYTES = 128;
/** Bytes that go through AES at once: enough to make the cost of a call small, little enough to stay in the cache. */
const CHUNK_BYTES = 65_536;

/**
 * The flash encryption of all chips but the original ESP32: XTS-AES (IEEE 1619) over units of 128 bytes, each taken with its
 * bytes reversed.
 *
 * @param key as in a key file: 32 bytes for XTS-AES-128, 64 for XTS-AES-256, or the 16 bytes of an ESP32-C2, which are
 *   expanded by SHA-256
 * @throws `FLASH_KEY_LENGTH_WRONG`
 */
export async function xtsFlashCipher(key: Uint8Array<ArrayBuffer>, aes: Aes): Promise<FlashCipher> {
  const whole = await wholeKey(key);
  const half = whole.length / 2;
  const dataCipher = aes(whole.subarray(0, half));
  const tweakCipher = aes(whole.subarray(half));
  return {
    encrypt: (address, data) => applyToUnits(address, data, tweakCipher, (units) => dataCipher.encrypt(units)),
    decrypt: (address, data) => applyToUnits(address, data, tweakCipher, (units) => dataCipher.decrypt(units)),
  };
}

async function wholeKey(key: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (key.length === 32 || key.length === 64) return key;
  if (key.length === 16) return new Uint8Array(await crypto.subtle.digest('SHA-256', key));
  const allowed = '16, 32 or 64';
  throw flashEncryptionError('FLASH_KEY_LENGTH_WRONG', { bytes: key.length, scheme: 'XTS-AES', allowed });
}

/** Whole units in chunks; where the range begins or ends inside a unit, the unit is filled up and cut again. */
function applyToUnits(
  address: number,
  data: Uint8Array,
  tweakCipher: AesEcb,
  ecb: (units: Uint8Array) => Uint8Array,
): void {
  checkFlashRange(address, data.length);
  for (let at = 0; at < data.length;) {
    const lead = (address + at) % UNIT_BYTES;
    const length = Math.min(CHUNK_BYTES - lead, data.length - at);
    const units = new Uint8Array(Math.ceil((lead + length) / UNIT_BYTES) * UNIT_BYTES);
    units.set(data.subarray(at, at + length), lead);
    const mask = whitening(address + at - lead, units.length, tweakCipher);
    reverseUnits(units);
    xor(units, mask);
    units.set(ecb(units));
    xor(units, mask);
    reverseUnits(units);
    data.set(units.subarray(lead, lead + length), at);
    at += length;
  }
}

/** What XTS adds to each block before and after AES: the encrypted address of its unit, times alpha for each block before. */
function whitening(address: number, length: number, tweakCipher: AesEcb): Uint8Array {
  const tweaks = new Uint8Array((length / UNIT_BYTES) * FLASH_BLOCK_BYTES);
  const tweakView = new DataView(tweaks.buffer);
  for (let unit = 0; unit * UNIT_BYTES < length; unit++) {
    tweakView.setUint32(unit * FLASH_BLOCK_BYTES, address + unit * UNIT_BYTES, true);
  }
  const encrypted = tweakCipher.encrypt(tweaks);
  const source = new DataView(encrypted.buffer, encrypted.byteOffset, encrypted.byteLength);
  const mask = new Uint8Array(length);
  const target = new DataView(mask.buffer);
  for (let unit = 0; unit * UNIT_BYTES < length; unit++) {
    let a = source.getInt32(unit * FLASH_BLOCK_BYTES, true);
    let b = source.getInt32(unit * FLASH_BLOCK_BYTES + 4, true);
    let c = source.getInt32(unit * FLASH_BLOCK_BYTES + 8, true);
    let d = source.getInt32(unit * FLASH_BLOCK_BYTES + 12, true);
    const end = (unit + 1) * UNIT_BYTES;
    for (let at = unit * UNIT_BYTES; at < end; at += FLASH_BLOCK_BYTES) {
      target.setInt32(at, a, true);
      target.setInt32(at + 4, b, true);
      target.setInt32(at + 8, c, true);
      target.setInt32(at + 12, d, true);
      // Times alpha in GF(2^128) modulo x^128 + x^7 + x^2 + x + 1 (IEEE 1619 section 5.2).
      const carry = (d >> 31) & 0x87;
      d = (d << 1) | (c >>> 31);
      c = (c << 1) | (b >>> 31);
      b = (b << 1) | (a >>> 31);
      a = (a << 1) ^ carry;
    }
  }
  return mask;
}

function reverseUnits(units: Uint8Array): void {
  for (let at = 0; at < units.length; at += UNIT_BYTES) units.subarray(at, at + UNIT_BYTES).reverse();
}

/** Both arrays begin at a fresh buffer and are a multiple of four bytes long. */
function xor(units: Uint8Array, mask: Uint8Array): void {
  const target = new Int32Array(units.buffer);
  const added = new Int32Array(mask.buffer);
  for (let word = 0; word < target.length; word++) target[word] = (target[word] as number) ^ (added[word] as number);
}
