import { errorTable } from '@mkiot/core/errors/mkiotError';
import { readFile } from 'node:fs/promises';

const fileError = errorTable({
  FILE_NOT_READ: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The file {path} could not be read: {reason}.',
  },
});

/** The bytes of a file that the user has named. */
export async function readNamedFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message;
    throw fileError('FILE_NOT_READ', { path, reason }, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is none of that name',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder',
};
