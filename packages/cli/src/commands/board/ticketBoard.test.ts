import { CHIP_MODELS } from '@mkiot/board/chip/models/chipModels';
import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import type { EnrolmentTicket, IssuedEnrolmentTicket } from '@mkiot/core/api/clientProvisioning';
import type { Device } from '@mkiot/core/api/resources';
import { buildEmulatorFile } from '@mkiot/esp32/efuse/emulatorFile';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli, type TestResult } from '../../cli.testing.ts';
import { json, startTestPlatform, type TestPlatform } from '../../platform/platform.testing.ts';

const until = (afterMs = 3_600_000): string => new Date(Date.now() + afterMs).toISOString();

/** A new ticket in a file of its own. */
async function ticketFile(it: TestPlatform, ...words: readonly string[]) {
  const create = ['registry', 'tickets', 'create', 'default', '--json'];
  const ends = words.includes('--until') ? [] : ['--until', until()];
  const [issued] = json(await it.mkiot(...create, ...ends, ...words)) as IssuedEnrolmentTicket[];
  const { ticket, id, expireTime } = issued!;
  const file = join(it.outside, `${id}.ticket`);
  await writeFile(file, `${ticket}\n`);
  return { file, id, ticket, endMs: Date.parse(expireTime) };
}

/** Runs a board until what it has printed says `enough`. */
async function runBoard(
  it: TestPlatform,
  words: readonly string[],
  enough: RegExp,
  folder = join(it.outside, 'boards'),
): Promise<TestResult> {
  const end = new AbortController();
  const ran = await runCli(
    ['board', 'run', ...words, '--folder', folder, '--mqtt', `localhost:${it.platform.ports.mqtt}`],
    {
      signal: end.signal,
      onOutput: (stdout) => {
        if (enough.test(stdout)) end.abort();
      },
    },
  );
  assert.equal(ran.exitCode, 0, ran.stderr);
  return ran;
}

/** The platform goes by the clock of the machine. */
async function timeAfter(timeMs: number): Promise<void> {
  while (Date.now() <= timeMs) await new Promise((resolve) => setTimeout(resolve, timeMs - Date.now() + 1));
}

const CONNECTED = /pump-1 connected/;
const REFUSED = /refused the enrolment ticket[^]*tries again[^]*tries again/;

test('a board that has a ticket and no login makes its key, enrols itself, logs in, and forgets the ticket', async () => {
  await using it = await startTestPlatform();
  const { file, id, ticket } = await ticketFile(it);
  const { project, location, authorityCertificate } = it.platform;
  const ca = join(it.outside, 'ca.pem');
  await writeFile(ca, authorityCertificate);
  const name = `projects/${project}/locations/${location}/registries/default/devices/pump-1`;
  const words = [name, '--ticket', file, '--server', it.url, '--ca', ca];
  const first = await runBoard(it, words, CONNECTED);
  const device = json(await it.mkiot('device', 'get', 'pump-1', '--json')) as Device;
  assert.match(first.stdout, new RegExp(`pump-1 enrolled with its ticket, as device ${device.numId}$`, 'm'));
  assert.equal(device.provenance?.ticket, id);
  assert.equal(existsSync(file), false);

  const second = await runBoard(it, words, CONNECTED);
  assert.doesNotMatch(second.stdout, /enrolled/, 'the same words start it again');
  assert.ok(![...it.logLines, first.stdout, first.stderr].join('').includes(ticket));
});

test('a board whose answer got lost finds its ticket used, and logs in', async () => {
  await using it = await startTestPlatform();
  const { file, ticket } = await ticketFile(it);
  const words = ['pump-1', '--ticket', file, '--data', it.dataFolder];
  await runBoard(it, words, CONNECTED);
  // As if the power had gone between the answer and the end of the file.
  await writeFile(file, ticket);
  const { stdout } = await runBoard(it, words, CONNECTED);
  assert.match(stdout, /refused the enrolment ticket/);
  assert.equal(existsSync(file), false);
});

for (const [what, words, reason] of [
  ['is for another device id', ['--device-id', 'pump-2'], 'for another device id'],
  ['is for another MAC address', ['--mac', '24:0a:c4:12:34:56'], 'for another MAC address'],
  ['is at its end', ['--until', 'soon'], 'has expired'],
  ['is revoked', [], 'there is no such ticket'],
] as const) {
  test(`a board whose ticket ${what} says so, sends it once, and backs off`, async () => {
    await using it = await startTestPlatform();
    const { file, id, endMs } = await ticketFile(it, ...words.map((word) => (word === 'soon' ? until(3_000) : word)));
    if (what === 'is revoked') await it.mkiot('registry', 'tickets', 'revoke', 'default', id);
    if (what === 'is at its end') await timeAfter(endMs);
    const { stdout } = await runBoard(it, ['pump-1', '--ticket', file, '--data', it.dataFolder], REFUSED);
    assert.equal(stdout.match(/refused the enrolment ticket/g)?.length, 1);
    assert.doesNotMatch(stdout, CONNECTED);
    const told = it.logLines.filter((line) => line.includes('enrolment ticket:'));
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', new RegExp(reason));
    assert.ok(existsSync(file));
  });
}

test('of two boards with one ticket one is enrolled', async () => {
  await using it = await startTestPlatform();
  const { file, ticket } = await ticketFile(it);
  const copy = join(it.outside, 'copy.ticket');
  await writeFile(copy, ticket);
  const words = ['--data', it.dataFolder];
  await runBoard(it, ['pump-1', '--ticket', file, ...words], CONNECTED);
  await runBoard(it, ['pump-2', '--ticket', copy, ...words], REFUSED);
  const [listed] = json(await it.mkiot('registry', 'tickets', 'list', '--json')) as EnrolmentTicket[];
  const { numId } = json(await it.mkiot('device', 'get', 'pump-1', '--json')) as Device;
  assert.equal(listed?.deviceNumId, numId);
  assert.equal((json(await it.mkiot('device', 'list', '--json')) as unknown[]).length, 1);
});

test('a chip gets its ticket with its factory data, enrols itself with its own MAC address, and its flash has no ticket left', async () => {
  await using it = await startTestPlatform();
  const [flash, efuse] = [join(it.outside, 'flash.bin'), join(it.outside, 'efuse.bin')];
  const mac = '02:0a:c4:12:34:56';
  const macBytes = Uint8Array.from(Buffer.from(mac.replaceAll(':', ''), 'hex'));
  await writeFile(efuse, buildEmulatorFile(factoryEfuses(CHIP_MODELS.esp32, macBytes)));
  const { file, id, ticket } = await ticketFile(it, '--mac', mac);
  const chip = ['--chip', 'esp32', '--flash', flash, '--efuse', efuse, '--data', it.dataFolder];
  const words = ['pump-1', ...chip, '--firmware', 'reference', '--ticket', file];
  const { stdout } = await runBoard(it, words, CONNECTED);
  assert.doesNotMatch(stdout, /BEGIN PUBLIC KEY/, 'nobody had to be told its key');
  const { provenance } = json(await it.mkiot('device', 'get', 'pump-1', '--json')) as Device;
  assert.deepEqual([provenance?.ticket, provenance?.mac], [id, mac]);
  assert.ok(!(await readFile(flash)).includes(ticket));
  const again = await runBoard(it, words, CONNECTED);
  assert.doesNotMatch(again.stdout, /enrolled as/);
});

test('a chip is not enrolled with the ticket of another one', async () => {
  await using it = await startTestPlatform();
  const { file } = await ticketFile(it, '--mac', '24:0a:c4:12:34:56');
  const chip = ['--chip', 'esp32', '--firmware', 'reference', '--flash-encryption', 'none', '--data', it.dataFolder];
  await runBoard(it, ['pump-1', ...chip, '--ticket', file], REFUSED);
  assert.ok(it.logLines.some((line) => line.includes('the ticket is for another MAC address')));
});

test('a ticket is for one board, which has to know its platform', async () => {
  await using it = await startTestPlatform();
  const { file } = await ticketFile(it);
  const name = 'projects/plant-one/locations/local/registries/default/devices/pump-1';
  const loopback = `http://127.0.0.1:${it.platform.ports.loopback}`;
  const noTicket = join(it.outside, 'none');
  const chip = ['--chip', 'esp32', '--firmware', 'reference', '--data', it.dataFolder];
  for (const [words, code] of [
    [['pump', '--count', '2', '--ticket', file], 'BOARD_TICKET_ALONE'],
    [['pump-1', '--ticket', file, '--server', it.url], 'BOARD_NAME_SHORT'],
    [[name, '--ticket', file, '--server', it.url], 'BOARD_NEEDS_API'],
    [[name, '--ticket', file, '--server', loopback], 'BOARD_NEEDS_API'],
    [['pump-1', ...chip, '--ticket', noTicket], 'BOARD_TICKET_GONE'],
  ] as const) {
    const { exitCode, stderr } = await runCli(['board', 'run', ...words]);
    assert.deepEqual([exitCode, /\[(\w+)\]/.exec(stderr)?.[1]], [2, code]);
  }
});
