import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, readPageModules } from './pageModules.ts';

test('a page gets what it imports, without types, and what that imports', async () => {
  const { sources, names } = await readPageModules('@mkiot/esp32/serial/romLoader');
  assert.equal(names.get('@mkiot/esp32/serial/romLoader'), 'esp32/serial/romLoader.ts');
  assert.equal(names.get('@mkiot/core/bytes/bytes'), 'core/bytes/bytes.ts');
  assert.match(sources.get('esp32/serial/loaderErrors.ts') ?? '', /LOADER_SILENT/);
  assert.doesNotMatch(sources.get('esp32/serial/romLoader.ts') ?? '', /interface FlashBegin|: Promise<void>/);
  for (const [path, source] of sources) {
    for (const name of importsOf(source)) {
      const imported = name.startsWith('.') ? new URL(name, `page://page/${path}`).pathname.slice(1) : names.get(name);
      assert.ok(sources.has(imported ?? ''), `${path} imports ${name}`);
    }
  }
});

test('what is imported for its types alone is not served', async () => {
  const { sources } = await readPageModules('@mkiot/esp32/serial/loaderLink');
  assert.ok(!sources.has('esp32/serial/serialPort.ts'));
});

test('a page cannot have modules of the runtime, of others, or beside the sources of a package', async () => {
  for (const entry of ['@mkiot/board/node/durableFile', 'node:fs', 'zod', '@mkiot/core/../package.json', './x.ts']) {
    await assert.rejects(readPageModules(entry), { code: 'PAGE_IMPORT_FOREIGN' }, entry);
  }
});

test('imports are found in every form that they are written in, and nowhere else', () => {
  const source = [
    "import { a } from './a.ts';",
    "import {\n  b,\n  c,\n} from './b.ts';",
    'import * as d from "./d.ts";',
    "import './e.ts';",
    "export { f } from './f.ts';",
    "export * from './g.ts';",
    "export const from = 'no';",
    "// import { x } from './comment.ts';",
    'const text = "import { y } from \'./text.ts\'";',
  ].join('\n');
  assert.deepEqual(importsOf(source), ['./a.ts', './b.ts', './d.ts', './e.ts', './f.ts', './g.ts']);
});
