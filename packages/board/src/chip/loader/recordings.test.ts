import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { checks } from './recordings.vectors.ts';

const read = async (file: URL): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(file));

for (const check of checks) test(check.name, () => check.run(read));
