import { errorTable, type MkiotError } from '@mkiot/core/errors/mkiotError';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { usageError } from './usageErrors.ts';

const fileError = errorTable({
  FILE_NOT_READ: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The file {path} could not be read: {reason}.',
  },
  FILE_NOT_WRITTEN: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The file {path} could not be written: {reason}.',
  },
});

/** The bytes of a file that the user has named. @throws `FILE_NOT_READ` */
export function readNamedFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(path).catch((error: unknown) => {
    throw explained('FILE_NOT_READ', path, error);
  });
}

/** Writes a file that the user has named; one that is there is replaced. @throws `FILE_NOT_WRITTEN` */
export function writeNamedFile(path: string, contents: Uint8Array | string): Promise<void> {
  return writeFile(path, contents).catch((error: unknown) => {
    throw explained('FILE_NOT_WRITTEN', path, error);
  });
}

/**
 * Writes what was made of the files `inputs`, none of which it may replace: a key that is overwritten is lost.
 *
 * @throws `OUTPUT_IS_INPUT`, `FILE_NOT_WRITTEN`
 */
export async function writeNewFile(path: string, contents: Uint8Array, inputs: readonly string[]): Promise<void> {
  const input = inputs.find((input) => resolve(input) === resolve(path));
  if (input !== undefined) throw usageError('OUTPUT_IS_INPUT', { path: input });
  await writeNamedFile(path, contents);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no file or folder of that name',
  EACCES: 'you may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'the disk is full',
};

function explained(code: 'FILE_NOT_READ' | 'FILE_NOT_WRITTEN', path: string, error: unknown): MkiotError {
  const { code: reason = '', message } = error as NodeJS.ErrnoException;
  return fileError(code, { path, reason: REASONS[reason] ?? message }, error);
}
