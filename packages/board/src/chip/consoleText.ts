/** A line without an end is told after so many characters. */
const LONGEST_LINE = 1_000;

/** Makes lines of what a chip prints: what is no text is replaced, and colours are left out. */
export class ConsoleText {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new TextDecoder();
  /** Of the line that is not ended yet. */
  #rest = '';

  /** @param onLine told each whole line, without its end */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes what came, and answers it as text with line feeds. */
  add(bytes: Uint8Array): string {
    const text = withoutColours(this.#rest + this.#decoder.decode(bytes, { stream: true })).replaceAll('\r', '');
    const lines = text.split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LONGEST_LINE) {
      lines.push(this.#rest);
      this.#rest = '';
    }
    for (const line of lines) this.#onLine(line);
    return lines.map((line) => `${line}\n`).join('');
  }
}

/** `text` without the sequences that colour it. */
export function withoutColours(text: string): string {
  return text
    .split('\u001b')
    .map((part, index) => (index === 0 ? part : part.replace(/^\[[0-9;]*m/, '')))
    .join('');
}
