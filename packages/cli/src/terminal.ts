import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { TerminalInput, TerminalOutput } from './ports.ts';

const DEFAULT_COLUMNS = 80;
const CTRL_C = '\u0003';

/** A stream of the process: its members of a terminal are there when it is one. */
type Input = Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * The port on standard output or standard error.
 *
 * @param onReaderGone called when nobody reads any longer: `mkiot events tail | head -1`
 */
export function terminalOutput(stream: Output, onReaderGone: () => void): TerminalOutput {
  stream.on('error', onReaderGone);
  return {
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? DEFAULT_COLUMNS,
    write: (text) => new Promise((resolve) => void stream.write(text, () => resolve())),
  };
}

/** The port on standard input; questions go to `questions`, so that results alone are on standard output. */
export function terminalInput(stdin: Input, questions: Output, interruption: AbortController): TerminalInput {
  return {
    isTerminal: stdin.isTTY === true && questions.isTTY === true,
    readAll: () => buffer(stdin),
    onKey(listener) {
      const end = (): void => {
        stdin.off('data', onData);
        stdin.setRawMode?.(false);
        stdin.pause();
      };
      // In raw mode Ctrl-C is a character, not a signal. A second one shall be a signal.
      const onData = (bytes: Uint8Array): void => {
        for (const key of utf8Decode(bytes)) {
          if (key !== CTRL_C) listener(key);
          else {
            end();
            interruption.abort();
          }
        }
      };
      stdin.setRawMode?.(true);
      stdin.on('data', onData);
      return { [Symbol.dispose]: end };
    },
    async ask(question, { secret } = { secret: false }) {
      // readline draws its own line again at each key, so it has to know what stands in it, and nothing else.
      const line = question.lastIndexOf('\n') + 1;
      questions.write(secret ? question : question.slice(0, line));
      const output = secret ? new Writable({ write: (_chunk, _encoding, done) => done() }) : questions;
      const lines = createInterface({ input: stdin, output, terminal: true });
      // In raw mode Ctrl-C is a character, not a signal.
      lines.on('SIGINT', () => interruption.abort());
      try {
        return (await lines.question(question.slice(line), { signal: interruption.signal })).trim();
      } finally {
        lines.close();
        if (secret) questions.write('\n');
      }
    },
  };
}
