import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { EnrolmentTicketFile } from './enrolmentTicketFile.ts';
import { TestFolder } from './tlsBench.testing.ts';

const TICKET = 'mkiot-ticket-AAECAwQFBgcICQoLDA0ODw';

test('a ticket is read from its file, whatever is said beside it, and is gone with the file', async () => {
  await using folder = await TestFolder.make();
  const file = join(folder.path, 'ticket');
  const tickets = new EnrolmentTicketFile(file);
  assert.equal(await tickets.load(), undefined);
  for (const text of [TICKET, `${TICKET}\n`, `${TICKET}\r\n`, `Each works once:\r\n${TICKET}\r\n`]) {
    await writeFile(file, text);
    assert.equal(await tickets.load(), TICKET);
  }
  await tickets.forget();
  assert.equal(existsSync(file), false);
  await tickets.forget();
});

test('what is no ticket is refused with the name of the file, and not repeated', async () => {
  await using folder = await TestFolder.make();
  const file = join(folder.path, 'ticket');
  for (const text of ['secret words', `${TICKET}\n${TICKET}`, TICKET.slice(0, -1)]) {
    await writeFile(file, text);
    await assert.rejects(new EnrolmentTicketFile(file).load(), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'TICKET_FILE_INVALID');
      return error.message.includes(file) && !error.message.includes(text);
    });
  }
  await assert.rejects(new EnrolmentTicketFile(folder.path).load(), { code: 'BOARD_FILE_UNUSABLE' });
});
