import type { DevicePresence } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { PlatformUser, takeOwnership, type TestDevice } from '../support/platformUser.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { until } from '../support/until.ts';

async function presenceOf(user: PlatformUser, { name }: TestDevice): Promise<DevicePresence> {
  const { presence } = await user.devices.get(name);
  assert.ok(presence !== undefined);
  return presence;
}

/** How many sessions and ends of sessions are in the database. */
async function written(dataFolder: string): Promise<{ readonly sessions: number; readonly ends: number }> {
  using database = new DatabaseSync(join(dataFolder, 'mkiot.db'), { readOnly: true });
  const rowsOf = (table: string): number => Number(database.prepare(`select count(*) as n from ${table}`).get()?.['n']);
  return { sessions: rowsOf('device_session'), ends: rowsOf('device_session_end') };
}

test('after the platform was killed a device that was connected is not, until it comes back with a newer session', async () => {
  await using folder = await temporaryFolder();
  await using first = mkiotUp(folder.path);
  const { address, setupCode } = await isUp(first, folder.path);
  const owner = new PlatformUser(address, await takeOwnership(address, setupCode ?? ''));
  const [pump, well] = [await owner.createDevice('pump-1'), await owner.createDevice('well-1')];
  await using onPump = new MqttJs(pump.login());
  await using onWell = new MqttJs(well.login());
  assert.deepEqual([await onPump.returnCode, await onWell.returnCode], [0, 0]);
  const before = await presenceOf(owner, pump);
  assert.equal(before.connected, true);
  await onWell[Symbol.asyncDispose]();
  // What is known of sessions is written each second: it is the database that a kill leaves.
  await until(
    () => written(folder.path),
    ({ sessions, ends }) => sessions === 2 && ends === 1,
  );
  first.kill('SIGKILL');
  await first.exit;

  await using second = mkiotUp(folder.path);
  const { address: after } = await isUp(second, folder.path);
  const user = new PlatformUser(after, owner.adminToken);
  const { connected, session, lastDisconnect } = await presenceOf(user, pump);
  assert.deepEqual([connected, session?.epoch, session?.expectedByTime], [false, before.session?.epoch, undefined]);
  assert.partialDeepStrictEqual(lastDisconnect ?? {}, {
    epoch: before.session?.epoch,
    code: 'PLATFORM_STOPPED',
    by: 'SERVER',
  });
  assert.equal((await presenceOf(user, well)).lastDisconnect?.by, 'CLIENT');

  await using again = new MqttJs(pump.login(after));
  assert.equal(await again.returnCode, 0);
  const back = await presenceOf(user, pump);
  assert.equal(back.connected, true);
  assert.ok(BigInt(back.session?.epoch ?? 0) > BigInt(before.session?.epoch ?? 0));
});

test('a reconnect burst over real sockets ends connected, and then with the last of its sessions gone', async () => {
  await using platform = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  await using clients = new AsyncDisposableStack();
  const burst = Array.from({ length: 30 }, () => clients.use(new MqttJs(device.login())));
  // A login that a later one has overtaken is refused.
  await Promise.all(burst.map((client) => client.returnCode.catch(() => undefined)));
  const { connected, session, lastDisconnect } = await presenceOf(platform, device);
  assert.equal(connected, true);
  assert.equal(lastDisconnect?.code, 'TAKEN_OVER');
  assert.ok(BigInt(session?.epoch ?? 0) > BigInt(lastDisconnect?.epoch ?? 0));

  await clients.disposeAsync();
  const gone = await until(
    () => presenceOf(platform, device),
    (presence) => !presence.connected,
  );
  assert.equal(gone.lastDisconnect?.epoch, gone.session?.epoch);
  assert.equal(gone.session?.epoch, session?.epoch);
});
