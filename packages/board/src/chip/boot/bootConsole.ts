import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Clock } from '@mkiot/core/clock/clock';

/** Level of a line of ESP-IDF's log, and the colour that it has on a terminal (esp_log.h, LOG_COLOR_…). */
const COLOURS = { E: '31', W: '33', I: '32' } as const;

export type LogLevel = keyof typeof COLOURS;

/** UART0: takes what the chip sends, as it is sent. */
export type ConsoleOutput = (bytes: Uint8Array<ArrayBuffer>) => void;

/** What ROM, bootloader and app print on UART0. A line ends as that of the ROM does, with CR and LF. */
export class BootConsole {
  readonly #output: ConsoleOutput;
  readonly #clock: Clock;
  readonly #startedMs: number;

  /** The time in the log begins now, as the cycle counter of the CPU begins at a reset. */
  constructor(output: ConsoleOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.#startedMs = clock.monotonic();
  }

  line(text: string): void {
    this.#output(utf8Encode(`${text}\r\n`));
  }

  /** A line of ESP-IDF's log: level, milliseconds since the reset, tag, text. */
  log(level: LogLevel, tag: string, text: string): void {
    const elapsedMs = Math.floor(this.#clock.monotonic() - this.#startedMs);
    this.line(`\u001b[0;${COLOURS[level]}m${level} (${elapsedMs}) ${tag}: ${text}\u001b[0m`);
  }

  /** A piece of text that ends no line: what an app prints by itself. */
  write(text: string): void {
    this.#output(utf8Encode(text));
  }
}
