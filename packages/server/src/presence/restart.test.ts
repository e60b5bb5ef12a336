import assert from 'node:assert/strict';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LOST, PresenceBench } from './presence.testing.ts';

const FIRST_RUN = 2 ** 32;
const SECOND_RUN = 2 * 2 ** 32;

test('after a power cut a device that was connected is not, from when it was heard last, and the reason is told', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-presence-'));
  const file = join(folder.path, 'test.db');
  const before = await PresenceBench.open({ file }, FIRST_RUN);
  const [pump, well, tank] = [
    await before.addDevice('pump-1'),
    await before.addDevice('well-1'),
    await before.addDevice('tank-1'),
  ];
  const session = before.connect(pump);
  before.disconnect(before.connect(well), LOST);
  await before.registry.clock.advanceAsync(1_000);
  await before.vanish();

  await using after = await PresenceBench.open({ file }, SECOND_RUN);
  const gone = await after.presenceOf(pump);
  assert.deepEqual([gone.isConnected, gone.session?.epoch], [false, FIRST_RUN + 1]);
  assert.partialDeepStrictEqual(gone.end, {
    epoch: FIRST_RUN + 1,
    atMs: session.lastHeardAtMs,
    code: 'PLATFORM_STOPPED',
    by: 'SERVER',
  });
  assert.equal((await after.presenceOf(well)).end?.code, 'CONNECTION_LOST');
  assert.deepEqual(await after.presenceOf(tank), { isConnected: false });
  assert.deepEqual(after.problems, [{ devices: 1 }]);
});

test('a device that comes back after a power cut is connected, and an event of the run before changes nothing', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-presence-'));
  const file = join(folder.path, 'test.db');
  const before = await PresenceBench.open({ file }, FIRST_RUN);
  const pump = await before.addDevice('pump-1');
  const old = before.connect(pump);
  await before.registry.clock.advanceAsync(1_000);
  await before.vanish();

  await using after = await PresenceBench.open({ file }, SECOND_RUN);
  const current = after.connect(pump);
  await after.registry.clock.advanceAsync(1_000);
  after.presences.opened(old);
  after.disconnect(old, LOST);
  await after.registry.clock.advanceAsync(1_000);
  const { isConnected, session, end } = await after.presenceOf(pump);
  assert.deepEqual([isConnected, session?.epoch], [true, current.epoch]);
  assert.deepEqual([end?.epoch, end?.code], [old.epoch, 'PLATFORM_STOPPED']);
});

test('after an orderly stop the reason of each end is the one it had', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-presence-'));
  const file = join(folder.path, 'test.db');
  const before = await PresenceBench.open({ file }, FIRST_RUN);
  const pump = await before.addDevice('pump-1');
  const session = before.connect(pump);
  before.disconnect(session, { code: 'SHUTTING_DOWN', by: 'SERVER', message: 'SERVER: The server is shutting down.' });
  await before[Symbol.asyncDispose]();

  await using after = await PresenceBench.open({ file }, SECOND_RUN);
  assert.equal((await after.presenceOf(pump)).end?.code, 'SHUTTING_DOWN');
  assert.deepEqual(after.problems, []);
});
