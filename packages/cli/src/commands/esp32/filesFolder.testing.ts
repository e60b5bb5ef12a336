import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder that holds `files`, for commands that work on files. */
export async function folderWith(files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-esp32-'));
  for (const [name, contents] of Object.entries(files)) await writeFile(join(folder, name), contents);
  return {
    path: (name: string): string => join(folder, name),
    read: (name: string): Promise<Buffer> => readFile(join(folder, name)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
