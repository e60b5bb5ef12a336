import { readFileSync, rmSync } from 'node:fs';
import { lockFile } from '../runtime/fileLock.ts';
import { dataFolderError } from './dataFolderErrors.ts';
import type { DataFolderPaths } from './dataFolderPaths.ts';
import { writePrivateFile } from './privateFiles.ts';

/**
 * Takes the data folder for this process until the lock is disposed of or its end, however sudden. `lock.json` beside the lock only
 * says who holds it.
 *
 * @param processId what a refused second server names
 * @throws `DATA_FOLDER_IN_USE`
 */
export async function lockDataFolder(paths: DataFolderPaths, processId: number, nowMs: number): Promise<Disposable> {
  const { folder, lockHolder } = paths;
  const lock = lockFile(paths.lock);
  if (lock === undefined) throw dataFolderError('DATA_FOLDER_IN_USE', { folder, holder: holderOf(lockHolder) });
  try {
    await writePrivateFile(lockHolder, JSON.stringify({ processId, since: new Date(nowMs).toISOString() }));
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
  return {
    [Symbol.dispose]() {
      rmSync(lockHolder, { force: true });
      lock[Symbol.dispose]();
    },
  };
}

function holderOf(lockHolder: string): string {
  try {
    const { processId, since } = JSON.parse(readFileSync(lockHolder, 'utf8')) as Record<string, unknown>;
    return `process ${Number(processId)}, which started at ${String(since)}`;
  } catch {
    return 'another process';
  }
}
