/** What a chip and its bootloader wrote to the console while they started. */
export interface BootLog {
  readonly lines: readonly BootLogLine[];
}

/** One line; what of it could not be read as a log entry is in `text` only. */
export interface BootLogLine {
  /** From 1. */
  readonly number: number;
  /** Without colours and line end. */
  readonly text: string;
  /** Letter before the time in ESP-IDF's format `W (1234) tag: message`. */
  readonly level?: 'E' | 'W' | 'I' | 'D' | 'V';
  readonly tag?: string;
  readonly message?: string;
}
