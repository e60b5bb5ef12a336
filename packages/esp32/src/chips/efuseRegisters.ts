import type { ChipName } from './chip.ts';

// The eFuse controllers' registers (technical reference manuals, chapter eFuse Controller, "Register Summary").

/** Where a controller has its registers, as offsets from its base. */
export interface EfuseRegisterLayout {
  readonly conf: number;
  readonly command: number;
  /** First register that takes the bits to burn, for each block; one place for all where they share it. */
  readonly programOffsets: readonly number[];
  /** How many words from there on are burned. */
  readonly programWords: number;
  /** The command names the block to burn in its bits 2 to 5; else all blocks are burned. */
  readonly commandNamesBlock: boolean;
  /** For each block the register and lowest bit of what tells that its coding is broken. */
  readonly errors: readonly EfuseErrorBits[];
  /** What burning takes with a crystal of 40 MHz, before the first burn ("Timing Configuration"). */
  readonly timing: readonly EfuseTiming[];
}

export interface EfuseErrorBits {
  readonly block: number;
  readonly register: number;
  readonly bit: number;
  readonly value: number;
}

export interface EfuseTiming {
  readonly register: number;
  readonly value: number;
  readonly mask: number;
}

/** What EFUSE_CONF holds while EFUSE_CMD may burn, and while it may read. */
export const EFUSE_CONF = { burn: 0x5a5a, read: 0x5aa5 } as const;
/** What EFUSE_CMD does, and shows as long as it does it. */
export const EFUSE_COMMAND = { read: 1, burn: 2 } as const;

const DECODING_STATUS = 0x11c;

const ESP32_EFUSE_REGISTERS: EfuseRegisterLayout = {
  conf: 0xfc,
  command: 0x104,
  programOffsets: [0x1c, 0x98, 0xb8, 0xd8],
  programWords: 8,
  commandNamesBlock: false,
  errors: [1, 2, 3].map((block) => ({ block, register: DECODING_STATUS, bit: 4 * (block - 1), value: 0xf })),
  timing: [
    // EFUSE_DAC_CONF, then EFUSE_CLK with both of its fields.
    { register: 0x118, value: 80, mask: 0xff },
    { register: 0xf8, value: 0xffa0, mask: 0xffff },
  ],
};

const RS_ERR0 = 0x1c0;
const LAST_BLOCK = 10;

/**
 * What the ESP32-S3 and the ESP32-C3 have alike.
 *
 * @param failShift by how many places the bit that says "broken" stands behind the one of its block: 0, or on the ESP32-C3,
 *   by an error of its design, 1
 */
function laterEfuseRegisters(failShift: 0 | 1): EfuseRegisterLayout {
  return {
    conf: 0x1cc,
    command: 0x1d4,
    programOffsets: [0],
    programWords: 11,
    commandNamesBlock: true,
    errors: Array.from({ length: LAST_BLOCK - failShift }, (_, index) => failBit(index + 1, index + failShift)),
    timing: [
      // EFUSE_DAC_CONF: DAC_NUM and DAC_CLK_DIV; EFUSE_WR_TIM_CONF1: PWR_ON_NUM; EFUSE_WR_TIM_CONF2: PWR_OFF_NUM.
      { register: 0x1e8, value: (0xff << 9) | 0x28, mask: (0xff << 9) | 0xff },
      { register: 0x1f4, value: 0x3000 << 8, mask: 0xffff << 8 },
      { register: 0x1f8, value: 0x190, mask: 0xffff },
    ],
  };
}

/** Eight blocks share a register, each with four bits of which the last says "broken". */
function failBit(block: number, place: number): EfuseErrorBits {
  return { block, register: RS_ERR0 + 4 * (place >> 3), bit: 4 * (place & 7) + 3, value: 1 };
}

/** The chips whose controller is known well enough to burn with. */
export const EFUSE_REGISTERS: Readonly<Record<'esp32' | 'esp32s3' | 'esp32c3', EfuseRegisterLayout>> &
  Partial<Record<ChipName, EfuseRegisterLayout>> = {
  esp32: ESP32_EFUSE_REGISTERS,
  esp32s3: laterEfuseRegisters(0),
  esp32c3: laterEfuseRegisters(1),
};
