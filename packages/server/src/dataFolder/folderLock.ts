import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { dataFolderError } from './dataFolderErrors.ts';
import type { DataFolderPaths } from './dataFolderPaths.ts';
import { writePrivateFile } from './privateFiles.ts';

/**
 * Takes the data folder for this process until the lock is disposed of or its end, however sudden: the lock is one of the operating
 * system's, taken by SQLite, which knows how to on each of them. `lock.json` beside it only says who holds it.
 *
 * @param processId what a refused second server names
 * @throws `DATA_FOLDER_IN_USE`
 */
export async function lockDataFolder(paths: DataFolderPaths, processId: number, nowMs: number): Promise<Disposable> {
  createEmptyFile(paths.lock);
  const database = new DatabaseSync(paths.lock, { timeout: 0 });
  try {
    takeExclusively(database, paths);
    await writePrivateFile(paths.lockHolder, JSON.stringify({ processId, since: new Date(nowMs).toISOString() }));
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    [Symbol.dispose]() {
      rmSync(paths.lockHolder, { force: true });
      database.close();
    },
  };
}

const SQLITE_BUSY = 5;

function takeExclusively(database: DatabaseSync, { folder, lockHolder }: DataFolderPaths): void {
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw dataFolderError('DATA_FOLDER_IN_USE', { folder, holder: holderOf(lockHolder) }, error);
  }
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

function holderOf(lockHolder: string): string {
  try {
    const { processId, since } = JSON.parse(readFileSync(lockHolder, 'utf8')) as Record<string, unknown>;
    return `process ${Number(processId)}, which started at ${String(since)}`;
  } catch {
    return 'another process';
  }
}
