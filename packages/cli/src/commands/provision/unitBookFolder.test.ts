import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { unitBookIn } from './unitBookFolder.ts';

const MAC = 'a0:b1:c2:d3:e4:f5';
const INSTALLED = { digest: 'ab'.repeat(32), record: { record: 'e30', signature: 'AA' } };

function folderFor(t: TestContext): string {
  const outside = mkdtempSync(join(tmpdir(), 'mkiot-book-'));
  t.after(() => rmSync(outside, { recursive: true }));
  return join(outside, 'units');
}

test('keys and page of a unit are kept apart, in files of their owner alone, and nothing else is left', async (t) => {
  const folder = folderFor(t);
  const keys = { flash: new Uint8Array(32).fill(1), nvs: new Uint8Array(64).fill(2) };
  await unitBookIn(folder).keepKeys(MAC, keys);
  await unitBookIn(folder).keepPage(MAC, { isCleared: true });
  await unitBookIn(folder).keepPage(MAC, { installed: INSTALLED });
  const names = readdirSync(folder);
  assert.deepEqual(names.toSorted(), ['a0b1c2d3e4f5.json', 'a0b1c2d3e4f5.key', 'a0b1c2d3e4f5.nvs.key']);
  for (const name of names) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.deepEqual(await unitBookIn(folder).findKeys(MAC), keys);
  assert.deepEqual(await unitBookIn(folder).findPage(MAC), { installed: INSTALLED });
});

test('of a unit that was never there nothing is found', async (t) => {
  const book = unitBookIn(folderFor(t));
  assert.deepEqual([await book.findKeys(MAC), await book.findPage(MAC)], [{}, {}]);
  assert.equal(await book.findInstalled(INSTALLED.digest), undefined);
});

test('a unit is found by what key install has left on it', async (t) => {
  const book = unitBookIn(folderFor(t));
  await book.keepPage('00:11:22:33:44:55', {});
  await book.keepPage(MAC, { installed: INSTALLED });
  assert.equal(await book.findInstalled(INSTALLED.digest), MAC);
  assert.equal(await book.findInstalled('00'.repeat(32)), undefined);
});

test('a page that somebody has spoiled is told, not taken for an empty one', async (t) => {
  const folder = folderFor(t);
  const book = unitBookIn(folder);
  await book.keepPage(MAC, {});
  for (const text of ['', '{', '[]', 'null']) {
    writeFileSync(join(folder, 'a0b1c2d3e4f5.json'), text);
    await assert.rejects(book.findPage(MAC), { code: 'UNIT_PAGE_DAMAGED', message: /a0b1c2d3e4f5\.json/ });
  }
});
