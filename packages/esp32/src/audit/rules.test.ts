import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { RULES } from './rules.ts';

test('every rule has an id of its own, and says what it means and what mends it', () => {
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  for (const { id, title, meaning, mend, references, needs } of RULES) {
    assert.match(id, /^[a-z\d]+(?:-[a-z\d]+)*$/);
    assert.doesNotMatch(title, /\.$/, id);
    assert.match(meaning, /\.$/, id);
    assert.ok(mend.length > 0 && references.length > 0 && needs.length > 0, id);
  }
});

test('every file of a rule is listed, and named after its id', async () => {
  const folder = new URL('rules/', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.includes('.test'),
  );
  const ids = new Set(RULES.map(({ id }) => id));
  for (const file of files) {
    const text = await readFile(new URL(file, folder), 'utf8');
    const id = /: Rule = \{\n {2}id: '([^']+)'/.exec(text)?.[1];
    if (id === undefined) continue;
    assert.ok(ids.has(id), file);
    const name = id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    assert.ok(file.endsWith(`/${name}.ts`), file);
  }
});

test('what burns an eFuse says that it cannot be undone', () => {
  for (const { id, mend } of RULES) {
    const text = mend.join(' ');
    if (/"espefuse (?:burn|write-protect|read-protect)/.test(text)) {
      assert.match(text, /cannot be undone|can be undone|stays/, id);
    }
  }
});
