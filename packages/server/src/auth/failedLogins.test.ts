import type { FailedLogin, ProblemResponse } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApi } from '../http/createApi.ts';
import { deviceName, PLACE, REGISTRY } from '../registry/registry.testing.ts';
import { ADMIN, clientIdOf, ecKey, LoginBench } from './deviceLogin.testing.ts';
import { failedLoginRoutes } from './failedLoginRoutes.ts';
import { FAILED_LOGINS_KEPT } from './failedLoginStore.ts';

const key = ecKey();
const otherKey = ecKey();
const ALL = 10_000;

test('a refused login is told with device, address, cause and time', async () => {
  await using bench = await LoginBench.open();
  const numId = await bench.addDevice('pump-1', [key]);
  await bench.connect(clientIdOf('pump-1'), bench.token(otherKey));
  const [login, ...more] = await bench.failedLogins.list(ALL);
  assert.deepEqual(more, []);
  assert.partialDeepStrictEqual(login ?? {}, {
    device: clientIdOf('pump-1'),
    numId,
    address: '192.0.2.7',
    code: 'LOGIN_SIGNATURE_WRONG',
    count: 1,
    firstAtMs: bench.clock.now(),
    lastAtMs: bench.clock.now(),
  });
});

test('a device that fails for ever is one record with a count, and each cause has its own', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  const firstAtMs = bench.clock.now();
  for (let number = 0; number < 50; number++) {
    await bench.connect(clientIdOf('pump-1'), bench.token(otherKey));
    await bench.clock.advanceAsync(700);
  }
  await bench.connect(clientIdOf('pump-1'), 'hunter2');
  const records = await bench.failedLogins.list(ALL);
  assert.deepEqual(
    records.map(({ code, count }) => [code, count]),
    [
      ['JWT_NOT_THREE_PARTS', 1],
      ['LOGIN_SIGNATURE_WRONG', 50],
    ],
  );
  assert.deepEqual([records[1]?.firstAtMs, records[1]?.lastAtMs], [firstAtMs, firstAtMs + 49 * 700]);
});

test('a good login leaves no record', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(key)), undefined);
  assert.deepEqual(await bench.failedLogins.list(ALL), []);
});

const SECRETS: Readonly<Record<string, (bench: LoginBench) => readonly [clientId: string, password: string]>> = {
  'the token itself': (bench) => [clientIdOf('pump-1'), bench.token(otherKey)],
  'a token in place of the client id': (bench) => [bench.token(key), 'unused'],
  'a token in place of the device id': (bench) => [clientIdOf(bench.token(key)), 'unused'],
  'a token in place of the registry id': (bench) => [clientIdOf('pump-1', bench.token(key)), 'unused'],
  'an API token in place of the device id': () => [clientIdOf(`mkiot_${'0'.repeat(16)}_${'S'.repeat(43)}`), 'unused'],
  'a password in place of the client id': () => ['correct horse battery', 'correct horse battery'],
};
for (const [what, make] of Object.entries(SECRETS)) {
  test(`${what} is neither in a record nor in the log`, async () => {
    await using bench = await LoginBench.open();
    await bench.addDevice('pump-1', [key]);
    const [clientId, password] = make(bench);
    await bench.connect(clientId, password);
    const told = JSON.stringify([await bench.failedLogins.list(ALL), bench.logged]);
    assert.equal((await bench.failedLogins.list(ALL)).length, 1);
    assert.ok(!told.includes('S'.repeat(20)) && !told.includes('horse'));
    for (const part of [...clientId.split(/[./]/), ...password.split('.')]) {
      // Of a token the header may be seen, which is the same in all of them.
      if (part.length > 40) assert.ok(!told.includes(part), part);
    }
  });
}

test('names that somebody invents take the share of their address, and crowd out no device', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  await bench.connect(clientIdOf('pump-1'), 'wrong');
  for (let number = 0; number < 100; number++) {
    bench.clock.advance(1);
    await bench.connect(clientIdOf(`invented-${number}`), 'wrong');
  }
  const records = await bench.failedLogins.list(ALL);
  assert.equal(records.length, FAILED_LOGINS_KEPT.unknownOfAddress + 1);
  assert.equal(records[0]?.device, clientIdOf('invented-99'));
  assert.equal(records.at(-1)?.device, clientIdOf('pump-1'));
});

test('of one device the newest records are kept, of whatever addresses they are', async () => {
  await using bench = await LoginBench.open();
  const numId = await bench.addDevice('pump-1', [key]);
  const otherId = await bench.addDevice('pump-2', [key]);
  const fail = (device: number, address: string): void =>
    bench.failedLogins.record({ device: 'a device', numId: device, address, code: 'LOGIN_NO_CREDENTIAL', message: '' });
  fail(otherId, '192.0.2.7');
  for (let number = 0; number < 50; number++) {
    bench.clock.advance(1);
    fail(numId, `192.0.2.${number}`);
  }
  const records = await bench.failedLogins.list(ALL, undefined, numId);
  assert.equal(records.length, FAILED_LOGINS_KEPT.device);
  assert.equal(records[0]?.address, '192.0.2.49');
  assert.equal((await bench.failedLogins.list(ALL, undefined, otherId)).length, 1);
});

test('a flood from many addresses is bounded in memory and on disk', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  await bench.connect(clientIdOf('pump-1'), 'wrong');
  for (let number = 0; number < 3_000; number++) {
    const address = `2001:db8::${number.toString(16)}`;
    const device = clientIdOf(`invented-${number}`);
    bench.failedLogins.record({ device, numId: undefined, address, code: 'LOGIN_DEVICE_UNKNOWN', message: '' });
    if (number === 1_500) await bench.failedLogins.flush();
  }
  const records = await bench.failedLogins.list(ALL);
  assert.equal(records.length, FAILED_LOGINS_KEPT.unknown + 1);
  assert.ok(records.some(({ device }) => device === clientIdOf('pump-1')));
});

test('a device that is deleted takes its records with it, also those that are not written yet', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  await bench.connect(clientIdOf('pump-1'), 'wrong');
  await bench.failedLogins.flush();
  await bench.connect(clientIdOf('pump-1'), bench.token(otherKey));
  await bench.devices.delete(deviceName('pump-1'), ADMIN);
  await bench.connect(clientIdOf('pump-2'), 'wrong');
  assert.deepEqual(
    (await bench.failedLogins.list(ALL)).map(({ code }) => code),
    ['LOGIN_DEVICE_UNKNOWN'],
  );
});

async function call(bench: LoginBench, path: string) {
  const { failedLogins, devices } = bench;
  const api = createApi(failedLoginRoutes({ failedLogins, devices, project: PLACE.project }), {
    authenticate: () => assert.fail('the caller is known'),
    logger: { error: (entry: unknown) => assert.fail(JSON.stringify(entry)) },
    randomFill: (bytes) => bytes,
    version: '0',
    health: () => [],
  });
  const caller = { principal: ADMIN, allows: () => true };
  const response = await api.request(
    `/v1/projects/${PLACE.project}${path}`,
    {},
    { remoteAddress: '192.0.2.1', caller },
  );
  return (await response.json()) as { failedLogins: FailedLogin[]; nextPageToken?: string } & Partial<ProblemResponse>;
}

test('the API lists the failed logins of one device, and of all in pages', async () => {
  await using bench = await LoginBench.open();
  const numId = await bench.addDevice('pump-1', [key]);
  for (const id of ['pump-1', 'pump-2', 'pump-3', 'pump-4']) {
    bench.clock.advance(1_000);
    await bench.connect(clientIdOf(id), 'wrong');
  }
  const time = new Date(bench.clock.now() - 3_000).toISOString();
  const ofPump = await call(bench, `/locations/local/registries/${REGISTRY.registry}/devices/pump-1/failedLogins`);
  assert.partialDeepStrictEqual(ofPump.failedLogins, [
    { device: clientIdOf('pump-1'), deviceNumId: String(numId), count: '1', firstTime: time, lastTime: time },
  ]);
  const first = await call(bench, '/failedLogins?pageSize=3');
  const second = await call(bench, `/failedLogins?pageSize=3&pageToken=${first.nextPageToken}`);
  assert.deepEqual(
    [first, second].map(({ failedLogins }) => failedLogins.map(({ device }) => device?.slice(-6))),
    [['pump-4', 'pump-3', 'pump-2'], ['pump-1']],
  );
  assert.equal(second.nextPageToken, undefined);
  const wrong = await call(bench, '/failedLogins?pageToken=x');
  assert.equal(wrong.error?.details[0]?.['reason'], 'FAILED_LOGIN_PAGE_TOKEN_MALFORMED');
  const unknown = await call(bench, `/locations/local/registries/${REGISTRY.registry}/devices/pump-9/failedLogins`);
  assert.equal(unknown.error?.details[0]?.['reason'], 'DEVICE_NOT_FOUND');
});
