import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { SEVERITIES } from '../finding.ts';
import { RULES } from '../rules.ts';
import { rulesMarkdown } from './rulesMarkdown.ts';

test('docs/audit-rules.md is what tools/audit-rules-docs.ts writes', async () => {
  const written = await readFile(new URL('../../../../../docs/audit-rules.md', import.meta.url), 'utf8');
  assert.equal(written, rulesMarkdown(RULES), 'run: node_modules/.bin/node tools/audit-rules-docs.ts');
});

test('every rule has a name of its own, and says what is wrong, what it means, how it is mended and where to read on', () => {
  const ids = RULES.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { id, title, meaning, severity, mend, references } of RULES) {
    assert.match(id, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    assert.doesNotMatch(title, /[.]$/, id);
    assert.match(meaning, /[.]$/, id);
    assert.ok(SEVERITIES.includes(severity));
    assert.ok(mend.length > 0, id);
    for (const { url } of references) assert.ok(new URL(url).protocol === 'https:', id);
  }
});
