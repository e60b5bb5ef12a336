import { Database } from './database.ts';
import { storeError } from './storeErrors.ts';

/** SQLite's result codes (sqlite.org/rescode.html) for a file that is no sound database. */
const DAMAGED = new Set([11 /* SQLITE_CORRUPT */, 26 /* SQLITE_NOTADB */]);

/**
 * Opens the database of a data folder and checks its structure, all of it: better no start than one that loses what it
 * touches.
 *
 * @throws `DATABASE_DAMAGED` with SQLite's finding and its place; `DATABASE_UNUSABLE` when it cannot be opened
 */
export async function openDatabase(file: string): Promise<Database> {
  let database: Database | undefined;
  try {
    database = new Database(file);
    const finding = database.findDamage();
    if (finding !== undefined) throw damaged(file, finding, database.pageBytes);
    return database;
  } catch (error) {
    await database?.close();
    throw explained(file, error);
  }
}

function explained(file: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ('errcode' in error && typeof error.errcode === 'number') {
    if (DAMAGED.has(error.errcode & 0xff)) return damaged(file, error.message, undefined, error);
    return storeError('DATABASE_UNUSABLE', { file, reason: error.message }, error);
  }
  const { code } = error as NodeJS.ErrnoException;
  return 'syscall' in error ? storeError('DATABASE_UNUSABLE', { file, reason: code }, error) : error;
}

/** Findings name pages, numbered from 1 on. */
function damaged(file: string, finding: string, pageBytes: number | undefined, cause?: unknown): Error {
  const page = /\bpage (\d+)/i.exec(finding)?.[1];
  const offset = page === undefined || pageBytes === undefined ? 'unknown' : (Number(page) - 1) * pageBytes;
  return storeError('DATABASE_DAMAGED', { file, offset, finding }, cause);
}
