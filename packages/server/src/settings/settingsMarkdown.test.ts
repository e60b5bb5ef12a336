import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { settingsMarkdown } from './settingsMarkdown.ts';
import { settingsReference } from './settingsReference.ts';

test('docs/settings.md is what tools/settings-docs.ts writes', async () => {
  const written = await readFile(new URL('../../../../docs/settings.md', import.meta.url), 'utf8');
  assert.equal(written, settingsMarkdown(), 'run: node_modules/.bin/node tools/settings-docs.ts');
});

test('every setting has a title, a description, words for what is allowed, and names of its own', () => {
  const rows = settingsReference();
  for (const row of rows) {
    assert.match(row.title, /\w/, row.path);
    assert.match(row.description, /\.$/, row.path);
    assert.notEqual(row.allowed, 'text', `${row.path} does not say what is allowed`);
    assert.ok(!/undefined|[+-]Infinity/.test(row.allowed), row.path);
  }
  for (const name of ['path', 'flag', 'environmentVariable'] as const) {
    assert.equal(new Set(rows.map((row) => row[name])).size, rows.length, name);
  }
});
