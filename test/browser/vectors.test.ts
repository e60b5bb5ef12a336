import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { VectorCheck } from '../../packages/esp32/src/vectors.testing.ts';
import { wants } from '../support/wants.ts';
import { openModulePage } from './modulePage.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const modules = globSync('packages/*/src/**/*.vectors.ts', { cwd: root }).toSorted();

/** Runs in the page: every check of a module, each with what is wrong, if anything is. */
async function runChecks(module: string): Promise<readonly { readonly name: string; readonly failure: string }[]> {
  const { checks } = (await import(module)) as { readonly checks: readonly VectorCheck[] };
  const results = [];
  for (const check of checks) {
    const failure = await check
      .run(async (file) => new Uint8Array(await (await fetch(file)).arrayBuffer()))
      .then(
        () => '',
        (error: unknown) => String(error),
      );
    results.push({ name: check.name, failure });
  }
  return results;
}

test('every vector that passes in Node passes in a page of Chromium', wants('chromium'), async (t) => {
  await using it = await openModulePage();
  assert.ok(modules.length > 0);
  for (const module of modules) {
    for (const { name, failure } of await it.page.evaluate(runChecks, `/${module}`)) {
      await t.test(name, () => assert.equal(failure, ''));
    }
  }
});
