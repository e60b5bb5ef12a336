import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Device, DeviceConfig } from '@mkiot/core/api/resources';
import { json, startTestPlatform, type TestPlatform } from '../../platform/platform.testing.ts';

/** Writes a new key pair beside the data folder and returns the paths of its halves. */
async function keyPair({ outside }: TestPlatform, name: string, kind: 'ec' | 'rsa' = 'ec') {
  const pair =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [publicFile, privateFile] = [join(outside, `${name}.pem`), join(outside, `${name}.private.pem`)];
  await writeFile(publicFile, pair.publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(privateFile, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { publicFile, privateFile };
}

test('a device is registered, listed, shown, changed and deleted', async () => {
  await using it = await startTestPlatform();
  const { publicFile } = await keyPair(it, 'pump-1');
  const create = [
    'device',
    'create',
    'pump-1',
    '--key',
    publicFile,
    '--metadata',
    'room=cellar',
    '--metadata',
    'note=b=c',
  ];
  const device = json(await it.mkiot(...create, '--json')) as Device;
  assert.deepEqual(device.metadata, { room: 'cellar', note: 'b=c' });
  assert.equal(device.credentials[0]?.publicKey.format, 'ES256_PEM');

  assert.match((await it.mkiot('device', 'list')).stdout, new RegExp(`^pump-1 +${device.numId} +no +no +-$`, 'm'));
  const shown = await it.mkiot('device', 'get', device.numId);
  assert.match(shown.stdout, /^Device +pump-1$/m);
  assert.match(shown.stdout, /^Config +version 1:$/m);

  await it.mkiot(
    'device',
    'update',
    'pump-1',
    '--metadata',
    'room=attic',
    '--remove-metadata',
    'note',
    '--log-level',
    'DEBUG',
  );
  const updated = json(await it.mkiot('device', 'get', 'pump-1', '--json')) as Device;
  assert.deepEqual([updated.metadata, updated.logLevel], [{ room: 'attic' }, 'DEBUG']);

  assert.equal((await it.mkiot('device', 'delete', 'pump-1')).exitCode, 0);
  assert.match((await it.mkiot('device', 'get', 'pump-1')).stderr, /\[DEVICE_NOT_FOUND\]/);
  assert.match((await it.mkiot('device', 'list')).stdout, /^There are no devices in default\./);
});

test('a device is blocked and let in again', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-1', '--blocked');
  assert.match((await it.mkiot('device', 'list')).stdout, /^pump-1 +\d+ +yes/m);
  assert.equal((await it.mkiot('device', 'unblock', 'pump-1')).stdout, 'Device pump-1 is no longer blocked.\n');
  assert.equal((await it.mkiot('device', 'block', 'pump-1')).stdout, 'Device pump-1 is blocked.\n');
  assert.equal((json(await it.mkiot('device', 'get', 'pump-1', '--json')) as Device).blocked, true);
});

test('devices of another registry are meant with --registry or with their whole name', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('registry', 'create', 'greenhouse');
  const made = json(await it.mkiot('device', 'create', 'pump-1', '--registry', 'greenhouse', '--json')) as Device;
  assert.match(made.name, /registries\/greenhouse\/devices\/\d+$/);
  assert.match((await it.mkiot('device', 'list')).stdout, /^There are no devices in default/);
  assert.match((await it.mkiot('device', 'list', '--registry', 'greenhouse')).stdout, /^pump-1/m);
  assert.equal((await it.mkiot('device', 'get', made.name)).exitCode, 0);
});

test('keys are added, listed by fingerprint and removed; RSA keys and certificates of either kind are told apart', async () => {
  await using it = await startTestPlatform();
  const [first, second] = [await keyPair(it, 'first'), await keyPair(it, 'second', 'rsa')];
  await it.mkiot('device', 'create', 'pump-1', '--key', first.publicFile);
  const added = await it.mkiot('device', 'keys', 'add', 'pump-1', second.publicFile, '--expires-in', '90d');
  assert.match(added.stdout, /^[0-9a-f]{16} +ES256_PEM +never$/m);
  assert.match(added.stdout, /^[0-9a-f]{16} +RSA_PEM +20\d\d-/m);

  const fingerprint = /^([0-9a-f]{16}) +ES256/m.exec(added.stdout)?.[1] ?? '';
  const wrong = await it.mkiot('device', 'keys', 'remove', 'pump-1', fingerprint.slice(0, 7));
  assert.deepEqual([wrong.exitCode, /\[KEY_NOT_NAMED\]/.test(wrong.stderr)], [2, true]);
  const removed = await it.mkiot('device', 'keys', 'remove', 'pump-1', fingerprint);
  assert.doesNotMatch(removed.stdout, /ES256/);
  const left = json(await it.mkiot('device', 'keys', 'list', 'pump-1', '--json')) as unknown[];
  assert.equal(left.length, 1);
});

test('a private key never leaves this machine, and nothing of it is shown', async () => {
  await using it = await startTestPlatform();
  const { privateFile } = await keyPair(it, 'pump-1');
  for (const words of [
    ['create', 'pump-1', '--key', privateFile],
    ['keys', 'add', 'pump-1', privateFile],
  ]) {
    const { exitCode, stderr } = await it.mkiot('device', ...words, '--debug');
    assert.equal(exitCode, 1);
    assert.match(stderr, /This is a private key.*\[KEY_FILE_UNFIT\]/);
    assert.doesNotMatch(stderr, /MIG|BEGIN/);
  }
  assert.match((await it.mkiot('device', 'list')).stdout, /^There are no devices/);
});

test('a file that is no key is refused with its name', async () => {
  await using it = await startTestPlatform();
  const file = join(it.outside, 'notes.txt');
  await writeFile(file, 'remember the milk');
  assert.match((await it.mkiot('device', 'create', 'pump-1', '--key', file)).stderr, /notes\.txt.*\[KEY_FILE_UNFIT\]/);
  assert.match((await it.mkiot('device', 'create', 'pump-1', '--key', `${file}x`)).stderr, /\[FILE_NOT_READ\]/);
});

test('config is set, read back byte for byte, listed, and set on condition of its version', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-1');
  const file = join(it.outside, 'config.bin');
  await writeFile(file, Uint8Array.of(0, 255, 10));
  assert.match((await it.mkiot('device', 'config', 'set', 'pump-1', '{"a":1}')).stdout, /^Version +2$/m);
  const binary = json(await it.mkiot('device', 'config', 'set', 'pump-1', '--file', file, '--json')) as DeviceConfig;
  assert.deepEqual([binary.version, binary.binaryData], ['3', 'AP8K']);
  assert.match((await it.mkiot('device', 'config', 'get', 'pump-1')).stdout, /^Config +base64:AP8K$/m);

  const late = await it.mkiot('device', 'config', 'set', 'pump-1', 'x', '--if-version', '2');
  assert.equal(late.exitCode, 1);
  assert.equal((await it.mkiot('device', 'config', 'set', 'pump-1', 'x', '--if-version', '3')).exitCode, 0);
  const versions = await it.mkiot('device', 'config', 'versions', 'pump-1');
  assert.deepEqual(versions.stdout.match(/^\d+/gm), ['4', '3', '2', '1']);
});

test('a command to a device that is not connected fails with the reason, and states are empty at first', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-1');
  const { exitCode, stderr } = await it.mkiot('device', 'command', 'pump-1', 'ping');
  assert.equal(exitCode, 1);
  assert.match(stderr, /pump-1.*not connected/);
  assert.match((await it.mkiot('device', 'state', 'pump-1')).stdout, /has not reported a state yet/);
});

test('a device without a kept session is shown so, and no command can wait for it', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-1');
  const shown = await it.mkiot('device', 'session', 'pump-1');
  assert.deepEqual([shown.exitCode, shown.stdout], [0, 'Kept session  no\nWaiting       0\nDropped       0\n']);
  const command = await it.mkiot('device', 'command', 'pump-1', 'ping', '--queue-for', '1h');
  assert.equal(command.exitCode, 1);
  assert.match(command.stderr, /Clean Session 0.*\[DEVICE_SESSION_NOT_KEPT\]/s);
  const wrong = await it.mkiot('device', 'command', 'pump-1', 'ping', '--queue-for', 'soon');
  assert.equal(wrong.exitCode, 2);
});

test('keys are rotated: the first one goes, the next stays, and the last is never ended', async () => {
  await using it = await startTestPlatform();
  const pairs = [await keyPair(it, 'first'), await keyPair(it, 'second')];
  await it.mkiot('device', 'create', 'pump-1', ...pairs.flatMap(({ publicFile }) => ['--key', publicFile]));
  const before = json(await it.mkiot('device', 'keys', 'list', 'pump-1', '--json')) as unknown[];
  const later = json(
    await it.mkiot('device', 'keys', 'rotate', 'pump-1', '--grace', '7d', '--json'),
  ) as Device['credentials'];
  assert.deepEqual([later.length, later[1]?.expirationTime], [2, undefined]);
  assert.ok(Date.parse(later[0]?.expirationTime ?? '') > Date.now() + 6 * 86_400_000);
  const now = json(await it.mkiot('device', 'keys', 'rotate', 'pump-1', '--json')) as unknown[];
  assert.deepEqual(now, before.slice(1));
  const last = await it.mkiot('device', 'keys', 'rotate', 'pump-1');
  assert.deepEqual([last.exitCode, /\[KEY_WITHOUT_NEXT\]/.test(last.stderr)], [2, true]);
});
