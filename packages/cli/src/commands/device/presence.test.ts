import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { encodePacket } from '@mkiot/core/mqtt/packet';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import type { Device, FailedLogin } from '@mkiot/core/api/resources';
import { runCli } from '../../cli.testing.ts';
import { json, startTestPlatform, type TestPlatform } from '../../platform/platform.testing.ts';

/** Tries to log in with a password that is no token, and returns what the platform answers. */
async function failToLogIn({ platform, dataFolder }: TestPlatform, device: string): Promise<Uint8Array> {
  const ca = await readFile(join(dataFolder, 'certificates/authority.pem'), 'utf8');
  const socket = connect({ host: 'localhost', port: platform.ports.mqtt, ca });
  const { project } = platform;
  const connectPacket = {
    type: 'CONNECT',
    protocolLevel: 4,
    clientId: `projects/${project}/locations/local/registries/default/devices/${device}`,
    cleanSession: true,
    keepAliveSeconds: 60,
    will: undefined,
    userName: 'unused',
    password: utf8Encode('hunter2'),
  } as const;
  socket.write(encodePacket(connectPacket, 4));
  const [answer] = (await once(socket, 'data')) as [Uint8Array];
  socket.destroy();
  return new Uint8Array(answer);
}

test('refused logins are listed with their cause, of one device and of all; the other side learns nothing', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-1');
  assert.match((await it.mkiot('device', 'failed-logins')).stdout, /^No login was refused\.$/m);
  const answers = [await failToLogIn(it, 'pump-1'), await failToLogIn(it, 'pump-1'), await failToLogIn(it, 'ghost')];
  assert.deepEqual(answers[0], answers[2]);

  const ofPump = await it.mkiot('device', 'failed-logins', 'pump-1');
  assert.match(ofPump.stdout, /^20\S+Z +2 +pump-1 +\S+ +JWT_/m);
  assert.doesNotMatch(ofPump.stdout, /ghost|hunter2/);
  const [newest, ...more] = json(await it.mkiot('device', 'failed-logins', '--json')) as FailedLogin[];
  assert.match(newest?.device ?? '', /\/ghost$/);
  assert.deepEqual([newest?.code, newest?.deviceNumId, more.length], ['LOGIN_DEVICE_UNKNOWN', undefined, 1]);
  const limited = json(await it.mkiot('device', 'failed-logins', '--max', '1', '--json')) as FailedLogin[];
  assert.equal(limited.length, 1);
});

test('a device is shown in words: never connected, connected since when and from where, gone and why', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-9');
  assert.match((await it.mkiot('device', 'get', 'pump-9')).stdout, /^Connected +never$/m);

  const end = new AbortController();
  const connected = Promise.withResolvers<void>();
  const running = runCli(['board', 'run', '--data', it.dataFolder, '--folder', join(it.outside, 'boards')], {
    signal: end.signal,
    onOutput: (stdout) => {
      if (/ acknowledged after /.test(stdout)) connected.resolve();
    },
  });
  await Promise.race([connected.promise, running]);
  const shown = (await it.mkiot('device', 'get', 'board-1')).stdout;
  assert.match(shown, /^Connected +yes, since 20\S+Z: MQTT \S+ from \S+, session \d+$/m);
  assert.match(shown, /^Expected by +20\S+Z \(keep-alive \d+s\)$/m);
  assert.match((await it.mkiot('device', 'list', '--connected')).stdout, /^board-1 +\d+ +no +yes +/m);
  assert.doesNotMatch((await it.mkiot('device', 'list', '--disconnected')).stdout, /board-1/);

  end.abort();
  await running;
  const { presence } = json(await it.mkiot('device', 'get', 'board-1', '--json')) as Device;
  assert.deepEqual([presence?.connected, presence?.session?.expectedByTime], [false, undefined]);
  const gone = (await it.mkiot('device', 'get', 'board-1')).stdout;
  assert.match(gone, /^Connected +no, since 20\S+Z; last: MQTT /m);
  assert.match(gone, /^Last disconnect +20\S+Z CLIENT: .* \[CLIENT_DISCONNECT\]$/m);
  assert.match((await it.mkiot('device', 'list', '--connected')).stdout, /^No device in default is connected\.$/m);
});

test('connected and disconnected are not asked for at once', async () => {
  const { exitCode, stderr } = await runCli(['device', 'list', '--connected', '--disconnected']);
  assert.deepEqual([exitCode, /cannot be used with/.test(stderr)], [2, true]);
});
