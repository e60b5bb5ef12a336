import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/**
 * Takes `file`, which is made where there is none, until the lock is disposed of or this process ends, however sudden: the lock is
 * one of the operating system's, taken by SQLite, which knows how to on each of them.
 *
 * @returns undefined where somebody else has it
 */
export function lockFile(file: string): Disposable | undefined {
  createEmptyFile(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}

/**
 * SQLite would make the file readable by others. An existing one must not even be opened: POSIX drops the locks that a
 * process holds on a file when the process closes any handle of it.
 */
function createEmptyFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
