import type { Stats } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dataFolderError } from './dataFolderErrors.ts';

/** The user id that private files must belong to; `undefined` where the system has no such ids (Windows). */
export type UserId = number | undefined;

/**
 * Refuses a file or folder that others may open or that somebody else owns. Windows' access lists are not looked at.
 *
 * @throws `OWNER_WRONG`, `NOT_PRIVATE`, each with the command that mends it
 */
export function assertPrivate(path: string, stats: Stats, userId: UserId): void {
  if (userId === undefined) return;
  const quoted = `'${path.replaceAll("'", String.raw`'\''`)}'`;
  if (stats.uid !== userId) {
    const mend = `chown -R ${userId} ${quoted}`;
    throw dataFolderError('OWNER_WRONG', { path, owner: stats.uid, user: userId, mend });
  }
  if ((stats.mode & 0o077) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    const mend = `chmod ${stats.isDirectory() ? '700' : '600'} ${quoted}`;
    throw dataFolderError('NOT_PRIVATE', { path, mode, mend });
  }
}

/** Bytes of a file that must be private. @throws as {@link assertPrivate}, and the system's error */
export async function readPrivateFile(path: string, userId: UserId): Promise<Buffer> {
  await using file = await open(path, 'r');
  // Asked of the open file, so that nobody can put another in its place between the question and the reading.
  assertPrivate(path, await file.stat(), userId);
  return await file.readFile();
}

/** Puts `contents` at `path`, mode 0600, whole or not at all; when it resolves, a power cut does not undo it. */
export async function writePrivateFile(path: string, contents: Uint8Array | string): Promise<void> {
  const unfinished = `${path}.new`;
  await rm(unfinished, { force: true });
  {
    await using file = await open(unfinished, 'wx', 0o600);
    await file.writeFile(contents);
    await file.sync();
  }
  await rename(unfinished, path);
  await syncFolder(dirname(path));
}

/** Makes the names in a folder durable. Windows does that by itself and refuses to be asked. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder, 'r');
  await handle.sync();
}
