import type { ChipName } from './chip.ts';

// The SPI controller at the flash (technical reference manuals, chapter SPI Controller, "Register Summary").

/** Where an SPI controller has its registers, as offsets from its base. SPI_CMD is the first. */
export interface SpiRegisterLayout {
  readonly baseAddress: number;
  readonly address: number;
  readonly user: number;
  readonly user2: number;
  readonly outputBits: number;
  readonly inputBits: number;
  /** First of the 16 words of data. */
  readonly data: number;
  /** An address of 24 bits lies in the upper bits of its register. */
  readonly addressIsHigh: boolean;
}

/** SPI_CMD: bit 18 starts a transfer as the user registers describe it. */
export const SPI_START_USER_COMMAND: number = 1 << 18;
/** SPI_USER: the phases that a transfer has. */
export const SPI_PHASES: Readonly<Record<'command' | 'address' | 'input' | 'output', number>> = {
  command: 0x80000000,
  address: 1 << 30,
  input: 1 << 28,
  output: 1 << 27,
};

const LATER: SpiRegisterLayout = {
  baseAddress: 0x60002000,
  address: 0x04,
  user: 0x18,
  user2: 0x20,
  outputBits: 0x24,
  inputBits: 0x28,
  data: 0x58,
  addressIsHigh: false,
};

export const SPI_REGISTERS: Readonly<Record<'esp32' | 'esp32s3' | 'esp32c3', SpiRegisterLayout>> &
  Partial<Record<ChipName, SpiRegisterLayout>> = {
  esp32: {
    baseAddress: 0x3ff42000,
    address: 0x04,
    user: 0x1c,
    user2: 0x24,
    outputBits: 0x28,
    inputBits: 0x2c,
    data: 0x80,
    addressIsHigh: true,
  },
  esp32s3: LATER,
  esp32c3: LATER,
};
