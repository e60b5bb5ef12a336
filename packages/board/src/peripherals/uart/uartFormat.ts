/** How characters look on an asynchronous line. */
export interface UartFormat {
  /** Bits a second. */
  readonly baud: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: 'none' | 'odd' | 'even';
  readonly stopBits: 1 | 2;
}

/** 8 data bits, no parity, 1 stop bit. */
export function format8n1(baud: number): UartFormat {
  return { baud, dataBits: 8, parity: 'none', stopBits: 1 };
}

/** Bits of one character on the line, its start bit included. */
function characterBits({ dataBits, parity, stopBits }: UartFormat): number {
  return 1 + dataBits + (parity === 'none' ? 0 : 1) + stopBits;
}

/** How long one character takes, in milliseconds. */
export function characterMs(format: UartFormat): number {
  return (characterBits(format) * 1_000) / format.baud;
}
