import type { Device } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestPorts } from '../../../cli.testing.ts';
import { json, startTestPlatform, type TestPlatform } from '../../../platform/platform.testing.ts';
import { MAC, openBench, type TestBench } from '../provision.testing.ts';

const ID = 'esp32s3-a0b1c2d3e4f5';

/** The file of a station that was enrolled from another machine, which has logged out since. */
async function enrol(it: TestPlatform): Promise<string> {
  const file = join(it.outside, 'line-1.station.json');
  const { token } = json(await it.mkiot('token', 'create', '--name', 'n', '--role', 'provisioner', '--json')) as {
    readonly token: string;
  };
  const environment = { MKIOT_SERVER: `http://127.0.0.1:${it.platform.ports.loopback}`, MKIOT_TOKEN: token };
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const words = ['station', 'enrol', 'line-1', '--max-devices', '1', '--until', until, '--out', file];
  assert.equal((await it.elsewhere(words, { environment })).exitCode, 0);
  return file;
}

const provision = (
  it: TestPlatform,
  bench: TestBench,
  file: string,
  more: readonly string[] = [],
  ports: TestPorts = {},
) => it.elsewhere(['provision', '--port', bench.port, '--firmware', bench.folder, '--station', file, ...more], ports);

/** Nothing listens there. */
const AWAY: TestPorts = { environment: { MKIOT_SERVER: 'http://127.0.0.1:1' } };

test('a board gets its keys and is registered at the server where its station was enrolled', async () => {
  await using it = await startTestPlatform();
  await using bench = await openBench();
  const file = await enrol(it);
  const words = ['--key-count', '2', '--key-expiry', 'never', '--key-expiry', '30d', '--json', '--quiet'];
  const record = json(await provision(it, bench, file, words)) as {
    readonly device: { name: string; registered: string; publicKeys: readonly { pem: string; fingerprint: string }[] };
  };
  assert.ok(record.device.name.endsWith(`/devices/${ID}`));
  assert.equal(record.device.registered, 'registered');
  const device = json(await it.mkiot('device', 'get', ID, '--json')) as Device;
  assert.deepEqual(
    device.credentials.map(({ publicKey }) => publicKey.key.trim()),
    record.device.publicKeys.map(({ pem }) => pem.trim()),
  );
  const [first, second] = device.credentials.map(({ expirationTime = '' }) => Date.parse(expirationTime));
  assert.ok(Number.isNaN(first) && Math.abs(second! - Date.now() - 30 * 86_400_000) < 600_000);
  assert.match(record.device.publicKeys[0]!.fingerprint, /^sha256:[0-9a-f]{64}$/);
  assert.equal((await stat(join(it.outside, 'line-1.units'))).mode & 0o777, 0o700);
});

test('the record of a board waits while the server is away, and is sent at the next run of the station', async () => {
  await using it = await startTestPlatform();
  await using bench = await openBench();
  const file = await enrol(it);
  const first = await provision(it, bench, file, ['--device', 'pump-{mac}'], AWAY);
  assert.deepEqual([first.exitCode, first.stderr], [0, '']);
  assert.match(first.stdout, /The server could not be asked: .*nothing listens there/);
  assert.match(first.stdout, /its record waits for the server/);
  const queue = await readFile(join(it.outside, 'line-1.queue.jsonl'), 'utf8');
  assert.match(queue, /^\{"record":"[\w-]+","signature":"[\w-]+"\}\n$/);

  const nowhere: TestBench = { ...bench, port: 'tcp:1' };
  const next = await provision(it, nowhere, file);
  assert.match(next.stdout, new RegExp(`/devices/pump-a0b1c2d3e4f5 \\(MAC ${MAC}\\), which waited, is registered\\.`));
  assert.match((await it.mkiot('device', 'list')).stdout, /^pump-a0b1c2d3e4f5 /m);
  assert.doesNotMatch((await provision(it, nowhere, file)).stdout, /which waited/);
  assert.match(
    (await it.mkiot('station', 'register', join(it.outside, 'line-1.queue.jsonl'))).stdout,
    /already registered/,
  );
});

test('a refusal is told of the unit that it is about, on the bench and in the queue', async () => {
  await using it = await startTestPlatform();
  await using bench = await openBench();
  const file = await enrol(it);
  assert.equal((await provision(it, bench, file, [], AWAY)).exitCode, 0);
  const [{ id } = { id: '' }] = json(await it.mkiot('station', 'list', '--json')) as { id: string }[];
  await it.mkiot('station', 'revoke', id);
  await using other = await openBench();
  const { exitCode, stdout, stderr } = await provision(it, other, file, ['--book', join(it.outside, 'other')]);
  assert.match(
    stdout,
    new RegExp(`/devices/${ID} \\(MAC ${MAC}\\), which waited, was refused: .*\\[STATION_REVOKED\\]`),
  );
  assert.equal(exitCode, 1);
  assert.match(stderr, /STATION_REVOKED.*\[UNIT_REGISTRATION_REFUSED\]/s);
  assert.equal((await it.mkiot('device', 'list')).stdout.includes(ID), false);
});

test('the file of a station says where its units belong', async () => {
  await using it = await startTestPlatform();
  const file = await enrol(it);
  const members = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  assert.equal(members['host'], '127.0.0.1');
  assert.equal(members['mqttPort'], it.platform.ports.mqtt);
  assert.equal(members['server'], `http://127.0.0.1:${it.platform.ports.loopback}`);
  assert.match(String(members['authorityCertificate']), /^-----BEGIN CERTIFICATE-----/);
});

test('a station that was enrolled on the machine of the server finds it by its data folder', async () => {
  await using it = await startTestPlatform();
  await using bench = await openBench();
  const file = join(it.outside, 'here.station.json');
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const words = ['station', 'enrol', 'here', '--max-devices', '1', '--until', until, '--out', file];
  assert.equal((await it.mkiot(...words)).exitCode, 0);
  const { exitCode, stderr } = await provision(it, bench, file);
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.match((await it.mkiot('device', 'list')).stdout, new RegExp(`^${ID} `, 'm'));
});
