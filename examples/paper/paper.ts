// `npm run paper`: builds the paper's device and audits it. `npm run paper -- FOLDER` keeps it in a folder.
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPaperDevice } from './paperDevice.ts';

const MKIOT = fileURLToPath(new URL('../../packages/cli/bin/mkiot.js', import.meta.url));

const [kept] = process.argv.slice(2);
const folder = kept ?? (await mkdtemp(join(tmpdir(), 'paper-')));
for (const { path, bytes } of await buildPaperDevice()) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}
const audit = ['audit', '--before', 'flash-before.bin', 'device'];
console.log(`mkiot ${audit.join(' ')}\n`);
const { status } = spawnSync(process.execPath, [MKIOT, ...audit], { cwd: folder, stdio: 'inherit' });
if (kept === undefined) await rm(folder, { recursive: true });
// That the audit finds something is what the example is for.
process.exitCode = status === 1 ? 0 : 2;
