import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { VectorCheck } from './vectors.testing.ts';

const read = async (file: URL): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(file));

for (const file of globSync('**/*.vectors.ts', { cwd: import.meta.dirname }).toSorted()) {
  const { checks } = (await import(`./${file}`)) as { readonly checks: readonly VectorCheck[] };
  for (const check of checks) test(check.name, () => check.run(read));
}
