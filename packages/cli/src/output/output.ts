import type { TerminalOutput } from '../ports.ts';
import { type Columns, tableLines } from './table.ts';

/** Where commands print: for people, or with `--json` for programs. */
export class Output {
  readonly #terminal: TerminalOutput;
  readonly #json: boolean;

  constructor(terminal: TerminalOutput, json: boolean) {
    this.#terminal = terminal;
    this.#json = json;
  }

  /** The result of a command: `value` as it came from the server, or `lines` for a person. */
  async result(value: unknown, lines: readonly string[]): Promise<void> {
    await this.#print(this.#json ? [JSON.stringify(value, undefined, 2)] : lines);
  }

  /** A result that is a list. `whenEmpty` tells a person what to do next. */
  async list<Row>(rows: readonly Row[], columns: Columns<Row>, whenEmpty: string): Promise<void> {
    const lines = rows.length === 0 ? [whenEmpty] : tableLines(rows, columns, this.#terminal.columns);
    await this.result(rows, lines);
  }

  /** One of many values that come over time: with `--json` one line each. */
  async item(value: unknown, line: string): Promise<void> {
    await this.#print([this.#json ? JSON.stringify(value) : line]);
  }

  /** What only a person wants to read. */
  async note(...lines: readonly string[]): Promise<void> {
    if (!this.#json) await this.#print(lines);
  }

  async #print(lines: readonly string[]): Promise<void> {
    await this.#terminal.write(lines.map((line) => `${line}\n`).join(''));
  }
}
