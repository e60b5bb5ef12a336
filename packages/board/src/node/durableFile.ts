import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nodeBoardError } from './nodeBoardErrors.ts';

/** Everything in the board's folder is its owner's alone. */
export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Makes a folder for one board, if there is none. @throws `BOARD_FILE_UNUSABLE` */
export function makeBoardFolder(folder: string): Promise<void> {
  return naming(folder, async () => void (await mkdir(folder, { recursive: true, mode: FOLDER_MODE })));
}

/** Bytes of a file; empty when there is none. @throws `BOARD_FILE_UNUSABLE` */
export function readFileIfAny(file: string): Promise<Uint8Array> {
  return naming(file, async () => {
    try {
      return await readFile(file);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return new Uint8Array();
      throw error;
    }
  });
}

/**
 * Puts `bytes` in the place of what `file` held. After a power cut it holds the old or the new, never a mixture.
 * @throws `BOARD_FILE_UNUSABLE`, and then it holds the old
 */
export function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  return naming(file, async () => {
    await writeSynced(`${file}.new`, bytes);
    await rename(`${file}.new`, file);
    await syncFolder(dirname(file));
  });
}

/** Writes a new file and waits until it survives a power cut; one that is there already is removed first. */
export async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  await rm(file, { force: true });
  const handle = await open(file, 'wx', FILE_MODE);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A file's name is durable only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing: it cannot open a folder.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Runs `work`; an error of the operating system becomes one that says which file, and what to do. */
export async function naming<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const detail = codeOf(error);
    throw detail === undefined ? error : nodeBoardError('BOARD_FILE_UNUSABLE', { file, detail }, error);
  }
}

/** The operating system's code, `ENOSPC`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : undefined;
}
