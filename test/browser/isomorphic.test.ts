import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { wants } from '../support/wants.ts';
import { openModulePage } from './modulePage.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const exclude = ['**/*.test.ts', '**/*.testing.ts', 'packages/board/src/node/**'];
const modules = globSync('packages/{board,core,esp32}/src/**/*.ts', { cwd: root, exclude }).toSorted();

/** Runs in the page: what is wrong with each module that cannot be imported there. */
async function importAll(modules: readonly string[]): Promise<readonly string[]> {
  const failures = modules.map((module) =>
    import(`/${module}`).then(
      () => [],
      (error: unknown) => [`${module}: ${String(error)}`],
    ),
  );
  return (await Promise.all(failures)).flat();
}

test('a page of Chromium imports every module of board, core and esp32', wants('chromium'), async () => {
  await using it = await openModulePage();
  assert.ok(modules.length > 0);
  assert.deepEqual(await it.page.evaluate(importAll, modules), []);
  assert.equal((await it.page.evaluate(importAll, ['packages/board/src/node/durableFile.ts'])).length, 1);
});
