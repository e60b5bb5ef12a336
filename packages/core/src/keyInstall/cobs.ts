// Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): bytes without a zero, so that zeros can part frames.

/** Bytes that one code byte stands for, itself included. */
const LONGEST_BLOCK = 0xff;

/** `bytes` written without any zero: one byte longer, and one more for every 254. */
export function encodeCobs(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoded: number[] = [];
  let codeAt = encoded.push(0) - 1;
  const endBlock = (): void => {
    encoded[codeAt] = encoded.length - codeAt;
  };
  for (const byte of bytes) {
    if (encoded.length - codeAt === LONGEST_BLOCK) {
      endBlock();
      codeAt = encoded.push(0) - 1;
    }
    if (byte !== 0) {
      encoded.push(byte);
      continue;
    }
    endBlock();
    codeAt = encoded.push(0) - 1;
  }
  endBlock();
  return Uint8Array.from(encoded);
}

/** What was encoded; undefined: nothing gives these bytes, there is a zero in them or a block runs over their end. */
export function decodeCobs(encoded: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const bytes: number[] = [];
  let at = 0;
  while (at < encoded.length) {
    const code = encoded[at] as number;
    const block = encoded.subarray(at + 1, at + code);
    if (code === 0 || block.length !== code - 1 || block.includes(0)) return undefined;
    bytes.push(...block);
    at += code;
    if (code !== LONGEST_BLOCK && at < encoded.length) bytes.push(0);
  }
  return encoded.length === 0 ? undefined : Uint8Array.from(bytes);
}
