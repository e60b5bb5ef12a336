import { base64Decode } from '@mkiot/core/bytes/base64';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Command } from 'commander';
import { readNamedFile } from './namedFile.ts';
import type { TerminalInput } from './ports.ts';
import { usageError } from './usageErrors.ts';

/** Where the bytes of a config or command come from; exactly one of them. */
export interface PayloadOptions {
  readonly file?: string;
  readonly base64?: string;
}

/** Adds the argument and options that {@link readPayload} reads. */
export function addPayload(command: Command): Command {
  return command
    .argument('[payload]', 'the text to send, or "-" to read it from the standard input')
    .option('--file <path>', 'send the bytes of this file')
    .option('--base64 <text>', 'send the bytes of this base64 text');
}

export async function readPayload(
  text: string | undefined,
  options: PayloadOptions,
  input: TerminalInput,
): Promise<Uint8Array> {
  const { file, base64 } = options;
  const given = [text, file, base64].filter((source) => source !== undefined).length;
  if (given === 0) throw usageError('PAYLOAD_MISSING');
  if (given > 1) throw usageError('PAYLOAD_TWICE');
  if (file !== undefined) return readNamedFile(file);
  if (base64 !== undefined) return decode(base64);
  return text === '-' ? input.readAll() : utf8Encode(text ?? '');
}

function decode(base64: string): Uint8Array {
  const bytes = base64Decode(base64);
  if (bytes === undefined) throw usageError('PAYLOAD_NOT_BASE64');
  return bytes;
}
