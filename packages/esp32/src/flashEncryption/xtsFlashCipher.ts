import type { Aes, AesEcb } from '../aes/aes.ts';
import { xtsWhitening } from '../aes/xtsWhitening.ts';
import { checkFlashRange, type FlashCipher } from './flashCipher.ts';
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
    const mask = xtsWhitening(address + at - lead, units.length, UNIT_BYTES, tweakCipher);
    reverseUnits(units);
    xor(units, mask);
    units.set(ecb(units));
    xor(units, mask);
    reverseUnits(units);
    data.set(units.subarray(lead, lead + length), at);
    at += length;
  }
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
