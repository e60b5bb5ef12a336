// RFC 1321. It finds accidents in a partition table or a read of flash; it protects nothing.

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** Step i adds the first 32 bits of the fraction of |sin(i + 1)| (section 3.4). */
const SINES = Int32Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) | 0);

/** The 16 bytes of the MD5 of `bytes`. */
export function md5(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.length & ~63;
  const state = new Int32Array([0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]);
  addBlocks(state, bytes.subarray(0, whole));
  addBlocks(state, lastBlocks(bytes.subarray(whole), bytes.length));
  const digest = new Uint8Array(16);
  const view = new DataView(digest.buffer);
  state.forEach((word, index) => view.setInt32(index * 4, word, true));
  return digest;
}

/** The rest of the message, a one bit, zeros, and the length in bits (sections 3.1 and 3.2). */
function lastBlocks(rest: Uint8Array, length: number): Uint8Array {
  const blocks = new Uint8Array(rest.length < 56 ? 64 : 128);
  blocks.set(rest);
  blocks[rest.length] = 0x80;
  new DataView(blocks.buffer).setBigUint64(blocks.length - 8, BigInt(length) * 8n, true);
  return blocks;
}

function addBlocks(state: Int32Array, blocks: Uint8Array): void {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  const words = new Int32Array(16);
  for (let at = 0; at < blocks.length; at += 64) {
    for (let index = 0; index < 16; index++) words[index] = view.getInt32(at + index * 4, true);
    addBlock(state, words);
  }
}

function addBlock(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    const [mixed, word] = mix(round, step, b, c, d);
    const sum = (a + mixed + (SINES[step] as number) + (words[word] as number)) | 0;
    const shift = (SHIFTS[round] as readonly number[])[step & 3] as number;
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
  }
  for (const [index, value] of [a, b, c, d].entries()) state[index] = (state[index] as number) + value;
}

/** The function of the round, and which word of the block the step takes. */
function mix(round: number, step: number, b: number, c: number, d: number): readonly [number, number] {
  if (round === 0) return [(b & c) | (~b & d), step];
  if (round === 1) return [(d & b) | (~d & c), (5 * step + 1) & 15];
  if (round === 2) return [b ^ c ^ d, (3 * step + 5) & 15];
  return [c ^ (b | ~d), (7 * step) & 15];
}
