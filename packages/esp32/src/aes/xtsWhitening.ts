import { AES_BLOCK_BYTES, type AesEcb } from './aes.ts';

/**
 * What XTS (IEEE 1619) adds to each block before and after AES: the encrypted address of its data unit, times alpha for each
 * block before. The unit's address is its number here, as in ESP-IDF.
 *
 * @param address of the first unit
 * @param length of all units, a multiple of `unitBytes`
 * @param unitBytes a multiple of 16
 */
export function xtsWhitening(address: number, length: number, unitBytes: number, tweakCipher: AesEcb): Uint8Array {
  const tweaks = new Uint8Array((length / unitBytes) * AES_BLOCK_BYTES);
  const tweakView = new DataView(tweaks.buffer);
  for (let unit = 0; unit * unitBytes < length; unit++) {
    tweakView.setUint32(unit * AES_BLOCK_BYTES, address + unit * unitBytes, true);
  }
  const encrypted = tweakCipher.encrypt(tweaks);
  const source = new DataView(encrypted.buffer, encrypted.byteOffset, encrypted.byteLength);
  const mask = new Uint8Array(length);
  const target = new DataView(mask.buffer);
  for (let unit = 0; unit * unitBytes < length; unit++) {
    let a = source.getInt32(unit * AES_BLOCK_BYTES, true);
    let b = source.getInt32(unit * AES_BLOCK_BYTES + 4, true);
    let c = source.getInt32(unit * AES_BLOCK_BYTES + 8, true);
    let d = source.getInt32(unit * AES_BLOCK_BYTES + 12, true);
    const end = (unit + 1) * unitBytes;
    for (let at = unit * unitBytes; at < end; at += AES_BLOCK_BYTES) {
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
