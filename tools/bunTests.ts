import { spawnSync } from 'node:child_process';
import { BUN_PACKAGE, installedBun } from '../packages/cli/bin/runtimes.js';

/** Not among the dependencies, so it has a folder of its own. */
const FOLDER = '.cache/bun';

/** Parts of the paths of the tests of what runs on Bun. The boards, the command line and its toolkit are run on Node. */
export const BUN_PARTS: readonly string[] = [
  'packages/core/src/',
  'packages/server/src/',
  ...['clients', 'conformance', 'durability', 'faults', 'presence', 'security'].map((folder) => `test/${folder}/`),
];

/** What cannot be tested on Bun, by the beginning of its path. A single test says so itself: `exceptOnBun`. */
const NOT_ON_BUN: Readonly<Record<string, string>> = {
  'packages/server/src/sharedPort/': 'the shared port is refused there',
  'test/clients/sharedPort.test.ts': 'the shared port is refused there',
  'test/fuzz/': 'it measures the heap of V8',
};

export const BUN_MISSING = `Bun is not installed: npm test -- --install, or npm install --prefix ${FOLDER} ${BUN_PACKAGE}`;

export function runsOnBun(file: string): boolean {
  return !Object.keys(NOT_ON_BUN).some((beginning) => file.startsWith(beginning));
}

/** The binary of the pinned Bun; `undefined` if it is not there. @param mayInstall through npm, beside the dependencies */
export function bunForTests(mayInstall: boolean): string | undefined {
  const find = (): string | undefined => installedBun(`${process.cwd()}/${FOLDER}/`) ?? installedBun();
  const found = find();
  if (found !== undefined || !mayInstall) return found;
  const command = ['install', '--no-save', '--prefix', FOLDER, BUN_PACKAGE];
  console.log(`$ npm ${command.join(' ')}`);
  spawnSync('npm', command, { stdio: 'inherit' });
  return find();
}
