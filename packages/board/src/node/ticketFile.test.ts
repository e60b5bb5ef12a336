import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { TicketFile } from './ticketFile.ts';
import { TestFolder } from './tlsBench.testing.ts';

const ticket = (fill: number): string => encodeNonce(new Uint8Array(24).fill(fill));

test('a ticket comes back over a restart, and its successor takes its place', async () => {
  await using folder = await TestFolder.make();
  const file = join(folder.path, 'ticket');
  assert.equal(await new TicketFile(file).load(), undefined);
  await new TicketFile(file).save(ticket(1));
  await new TicketFile(file).save(ticket(2));
  assert.equal(await new TicketFile(file).load(), ticket(2));
  assert.equal(await readFile(file, 'utf8'), ticket(2));
});

for (const content of ['', 'A', `${ticket(1)}\n`, 'ä'.repeat(16), '\0'.repeat(32), 'x'.repeat(1_000_000)]) {
  test(`a file of ${content.length} characters that is no ticket is as good as none`, async () => {
    await using folder = await TestFolder.make();
    const file = join(folder.path, 'ticket');
    await writeFile(file, content);
    assert.equal(await new TicketFile(file).load(), undefined);
  });
}
