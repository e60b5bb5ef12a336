import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf } from '../modulePages/pageModules.ts';
import { stationPage } from './stationPage.ts';

const content = await stationPage('1.2.3').open();
const { html, version = '', files = new Map() } = content;

test("the station's page has every module that it imports, and none of the server or of the runtime", () => {
  const [, importMap = '{}'] = /<script type="importmap">(.*?)<\/script>/.exec(html) ?? [];
  const { imports } = JSON.parse(importMap) as { readonly imports: Readonly<Record<string, string>> };
  const modules = [...files.keys()].filter((path) => /\.(ts|js)$/.test(path) && path.startsWith(version));
  assert.ok(modules.includes(`${version}/esp32/station/provisionUnit.ts`));
  assert.ok(modules.every((path) => /^[0-9a-f]{16}\/(station|esp32|core|board|qr)\//.test(path)));
  for (const path of modules) {
    for (const name of importsOf(files.get(path)?.text ?? '')) {
      const url = name.startsWith('.') ? new URL(name, `page://page/station/${path}`).pathname : imports[name];
      assert.ok(files.has(url?.slice('/station/'.length) ?? ''), `${path} imports ${name}`);
    }
  }
});

test("the station's page says which release it is of", () => {
  assert.match(html, /<meta name="generator" content="MkIoT 1\.2\.3">/);
});

test('every field and button of the page has a name', () => {
  const named = new Set([...html.matchAll(/<label[^>]* for="([^"]+)"/g)].map(([, id]) => id));
  const fields = html.matchAll(/<(?:input|select)\b[^>]*>/g);
  for (const [field] of fields) {
    const [, id] = / id="([^"]+)"/.exec(field) ?? [];
    const isInLabel = /type="(?:radio|checkbox|file)"/.test(field) && id !== 'signing-key';
    assert.ok(isInLabel || named.has(id), field);
  }
  for (const [, text = ''] of html.matchAll(/<button[^>]*>([^<]*)</g)) assert.notEqual(text.trim(), '');
});
