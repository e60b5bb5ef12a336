import type { EfuseBlock } from './chip.ts';

// Where the blocks of the eFuse controllers lie (the chips' technical reference manuals, chapter eFuse Controller).

export const ESP32_BLOCKS: readonly EfuseBlock[] = [
  block(0, 'BLOCK0', 7, 0x00),
  block(1, 'BLOCK1', 8, 0x38, 7, [0]),
  block(2, 'BLOCK2', 8, 0x58, 8, [1]),
  block(3, 'BLOCK3', 8, 0x78, 9, [2]),
];

export const ESP32C2_BLOCKS: readonly EfuseBlock[] = [
  block(0, 'BLOCK0', 2, 0x2c),
  block(1, 'BLOCK1', 3, 0x34, 5),
  block(2, 'BLOCK2', 8, 0x40, 6),
  block(3, 'BLOCK_KEY0', 8, 0x60, 7, [0, 1]),
];

/** Of the S2, S3, C3, C5, C6, H2 and P4. */
export const ELEVEN_BLOCKS: readonly EfuseBlock[] = [
  block(0, 'BLOCK0', 6, 0x2c),
  block(1, 'MAC_SPI_8M_0', 6, 0x44, 20),
  block(2, 'BLOCK_SYS_DATA', 8, 0x5c, 21),
  block(3, 'BLOCK_USR_DATA', 8, 0x7c, 22),
  block(4, 'BLOCK_KEY0', 8, 0x9c, 23, [0], 'KEY_PURPOSE_0'),
  block(5, 'BLOCK_KEY1', 8, 0xbc, 24, [1], 'KEY_PURPOSE_1'),
  block(6, 'BLOCK_KEY2', 8, 0xdc, 25, [2], 'KEY_PURPOSE_2'),
  block(7, 'BLOCK_KEY3', 8, 0xfc, 26, [3], 'KEY_PURPOSE_3'),
  block(8, 'BLOCK_KEY4', 8, 0x11c, 27, [4], 'KEY_PURPOSE_4'),
  block(9, 'BLOCK_KEY5', 8, 0x13c, 28, [5], 'KEY_PURPOSE_5'),
  block(10, 'BLOCK_SYS_DATA2', 8, 0x15c, 29, [6]),
];

function block(
  number: number,
  name: string,
  words: number,
  readOffset: number,
  writeProtectBit?: number,
  readProtectBits: readonly number[] = [],
  keyPurposeField?: string,
): EfuseBlock {
  return { number, name, words, readOffset, writeProtectBit, readProtectBits, keyPurposeField };
}
