// NXP SC16IS752/SC16IS762 data sheet, Rev. 9, "Register descriptions".

/** Register numbers of the general set; the same number may be another register for reading, or in another set. */
export const REGISTER = {
  RHR_THR: 0x0,
  IER: 0x1,
  IIR_FCR: 0x2,
  LCR: 0x3,
  MCR: 0x4,
  LSR: 0x5,
  MSR_TCR: 0x6,
  SPR_TLR: 0x7,
  TXLVL: 0x8,
  RXLVL: 0x9,
  IODIR: 0xa,
  IOSTATE: 0xb,
  IOINTENA: 0xc,
  IOCONTROL: 0xe,
  EFCR: 0xf,
} as const;

/** While LCR[7] is set, the divisor takes the place of registers 0 and 1. */
export const DIVISOR_REGISTER = { DLL: 0x0, DLH: 0x1 } as const;

/** While LCR is {@link ENHANCED_SET}, these take the places of registers 2 and 4 to 7. */
export const ENHANCED_REGISTER = { EFR: 0x2, XON1: 0x4, XOFF2: 0x7 } as const;
export const ENHANCED_SET = 0xbf;

export const IER = { RECEIVED: 0x01, TRANSMIT_SPACE: 0x02, LINE_STATUS: 0x04, MODEM: 0x08 } as const;
/** What asks for attention, most urgent first (table "Interrupt source"). */
export const IIR = {
  LINE_STATUS: 0x06,
  RECEIVE_TIMEOUT: 0x0c,
  RECEIVED: 0x04,
  TRANSMIT_SPACE: 0x02,
  GPIO: 0x30,
  NONE: 0x01,
} as const;
export const FCR = { ENABLE: 0x01, RESET_RECEIVER: 0x02, RESET_TRANSMITTER: 0x04 } as const;
/** Characters that FCR[7:6] and spaces that FCR[5:4] stand for. */
export const RECEIVE_TRIGGERS: readonly number[] = [8, 16, 56, 60];
export const TRANSMIT_TRIGGERS: readonly number[] = [8, 16, 32, 56];
export const LCR = { STOP_BITS: 0x04, PARITY: 0x08, EVEN: 0x10, DIVISOR: 0x80, RESET: 0x1d } as const;
export const MCR = { RTS: 0x02, TCR_TLR: 0x04, LOOPBACK: 0x10, CLOCK_BY_4: 0x80 } as const;
export const LSR = {
  DATA: 0x01,
  OVERRUN: 0x02,
  PARITY: 0x04,
  FRAMING: 0x08,
  TRANSMIT_EMPTY: 0x20,
  ALL_SENT: 0x40,
  FIFO_ERROR: 0x80,
} as const;
export const EFR = { ENHANCED: 0x10 } as const;
export const EFCR = { RECEIVER_OFF: 0x02, TRANSMITTER_OFF: 0x04, AUTO_RTS: 0x10, INVERT_RTS: 0x20 } as const;
export const IOCONTROL = { LATCH: 0x01, RESET: 0x08 } as const;

/** Each direction of each channel. */
export const FIFO_BYTES = 64;

/** What a program sends before each access: the register in bits 6:3, the channel in bits 2:1 (table "Register address byte"). */
export function subAddress(register: number, channel: 'A' | 'B'): number {
  return (register << 3) | (channel === 'A' ? 0 : 0b10);
}
