import { printable } from '../../output/printable.ts';

/** A line without an end is printed after so many characters. */
const LONGEST_LINE = 1_000;
/** Colours of ESP-IDF's log. What else a console could send acts on no terminal of ours. */
// oxlint-disable-next-line no-control-regex -- the escape character is what begins a colour
const COLOURS = /\u001b\[[\d;]*m/g;

/** Makes lines of what a chip prints. */
export class ConsoleLines {
  readonly #print: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #begun = '';

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  push(bytes: Uint8Array): void {
    const lines = (this.#begun + this.#decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    this.#begun = lines.pop() ?? '';
    for (const line of lines) this.#printLine(line);
    if (this.#begun.length <= LONGEST_LINE) return;
    this.#printLine(this.#begun);
    this.#begun = '';
  }

  #printLine(line: string): void {
    this.#print(printable(line.replaceAll(COLOURS, '')));
  }
}
