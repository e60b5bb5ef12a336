import { errorTable, type MkiotError } from '@mkiot/core/errors/mkiotError';
import { writePrivateFile } from '@mkiot/server/dataFolder/privateFiles';
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
export async function readNamedFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const contents = await readFile(path).catch((error: unknown) => {
    throw explained('FILE_NOT_READ', path, error);
  });
  const { buffer, byteOffset, length } = contents;
  // A small file may lie in memory with others; a large one has its own, and is not held twice.
  return byteOffset === 0 && length === buffer.byteLength ? new Uint8Array(buffer) : new Uint8Array(contents);
}

/** Writes a file that the user has named; one that is there is replaced. @throws `FILE_NOT_WRITTEN` */
export function writeNamedFile(path: string, contents: Uint8Array | string, mode = 0o666): Promise<void> {
  return writeFile(path, contents, { mode }).catch((error: unknown) => {
    throw explained('FILE_NOT_WRITTEN', path, error);
  });
}

/**
 * Puts a private file in the place of the one that is there, whole or not at all: a power cut does not undo it.
 *
 * @throws `FILE_NOT_WRITTEN`
 */
export function replaceNamedFile(path: string, contents: Uint8Array | string): Promise<void> {
  return writePrivateFile(path, contents).catch((error: unknown) => {
    throw explained('FILE_NOT_WRITTEN', path, error);
  });
}

/** Mode of a new file that holds a secret. */
export const SECRET_FILE = 0o600;

/**
 * Writes what was made of the files `inputs`, none of which it may replace: a key that is overwritten is lost.
 *
 * @throws `OUTPUT_IS_INPUT`, `FILE_NOT_WRITTEN`
 */
export async function writeNewFile(
  path: string,
  contents: Uint8Array,
  inputs: readonly string[],
  mode?: number,
): Promise<void> {
  const input = inputs.find((input) => resolve(input) === resolve(path));
  if (input !== undefined) throw usageError('OUTPUT_IS_INPUT', { path: input });
  await writeNamedFile(path, contents, mode);
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
