import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a file that nobody else may read, and returns its path. */
export async function writePrivate(folder: string, name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}
