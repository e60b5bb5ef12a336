import { parseSheet, type SheetEntry, SHEET_HEADING, sheetLine } from '@mkiot/esp32/station/batch/resultSheet';
import { open } from 'node:fs/promises';
import { appendLines, readNamedFile } from '../../../namedFile.ts';

/** A result sheet on disk: what it has kept no power cut undoes. One process has it at a time. */
export class SheetFile {
  readonly path: string;
  /** Of the runs before. */
  readonly history: readonly SheetEntry[];
  /** Lines of several ports, one after the other. */
  #kept: Promise<void> = Promise.resolve();

  private constructor(path: string, history: readonly SheetEntry[]) {
    this.path = path;
    this.history = history;
  }

  /** @throws `BATCH_SHEET_FOREIGN`, `FILE_NOT_READ`, `FILE_NOT_WRITTEN` */
  static async open(path: string): Promise<SheetFile> {
    await dropTornLine(path);
    const contents = await readNamedFile(path);
    if (contents.length > 0) return new SheetFile(path, parseSheet(contents, path));
    await appendLines(path, [SHEET_HEADING.slice(0, -1)]);
    return new SheetFile(path, []);
  }

  /** Resolves when a power cut does not undo it. @throws `FILE_NOT_WRITTEN` */
  keep(entry: SheetEntry): Promise<void> {
    const kept = this.#kept.then(() => appendLines(this.path, [sheetLine(entry).slice(0, -1)]));
    this.#kept = kept.catch(() => undefined);
    return kept;
  }
}

const NEWLINE = 0x0a;

/** A line that a power cut has torn was never told to be kept. The file is made where there is none. */
async function dropTornLine(path: string): Promise<void> {
  await using file = await open(path, 'a+', 0o600);
  const contents = await file.readFile();
  await file.truncate(contents.lastIndexOf(NEWLINE) + 1);
}
