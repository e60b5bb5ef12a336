import { errorTable, type MkiotError } from '@mkiot/core/errors/mkiotError';
import { syncFolder, writePrivateFile } from '@mkiot/server/dataFolder/privateFiles';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
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

/** Makes a folder that the user has named, unless it is there. @throws `FILE_NOT_WRITTEN` */
export async function makeNamedFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
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

/**
 * Adds whole lines to the end of a private file, which is made where there is none. A power cut does not undo it; half a line
 * that an earlier one left is ended first.
 *
 * @throws `FILE_NOT_WRITTEN`
 */
export async function appendLines(path: string, lines: readonly string[]): Promise<void> {
  try {
    await using file = await open(path, 'a+', SECRET_FILE);
    const { size } = await file.stat();
    const isTorn = size > 0 && (await file.read(new Uint8Array(1), 0, 1, size - 1)).buffer[0] !== NEWLINE;
    await file.appendFile(`${isTorn ? '\n' : ''}${lines.map((line) => `${line}\n`).join('')}`);
    await file.sync();
    if (size === 0) await syncFolder(dirname(path));
  } catch (error) {
    throw explained('FILE_NOT_WRITTEN', path, error);
  }
}

const NEWLINE = 0x0a;

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
