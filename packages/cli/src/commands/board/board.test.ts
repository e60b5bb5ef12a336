import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtempDisposable, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Device } from '@mkiot/core/api/resources';
import { runCli, type TestResult } from '../../cli.testing.ts';
import { readFirmware } from '../provision/readFirmware.ts';
import { json, startTestPlatform, type TestPlatform } from '../../platform/platform.testing.ts';

/** Runs boards until what they have printed says `enough`. */
function runBoards(
  it: TestPlatform,
  words: readonly string[],
  enough: (stdout: string) => boolean,
): Promise<TestResult> {
  const end = new AbortController();
  const folder = ['--folder', join(it.outside, 'boards')];
  return runCli(['board', 'run', ...words, ...folder], {
    signal: end.signal,
    onOutput: (stdout) => {
      if (enough(stdout)) end.abort();
    },
  });
}

test('a board makes its key, is registered, connects, and its telemetry is acknowledged', async () => {
  await using it = await startTestPlatform();
  const ran = await runBoards(it, ['--data', it.dataFolder], (stdout) => / acknowledged after /.test(stdout));
  assert.equal(ran.exitCode, 0, ran.stderr);
  for (const words of [/board-1 booted/, /board-1 connected$/m, /board-1 sent \d+ to events\/sensors \{"time"/]) {
    assert.match(ran.stdout, words);
  }
  const device = json(await it.mkiot('device', 'get', 'board-1', '--json')) as Device;
  assert.equal(device.credentials.length, 1);
  assert.equal((await stat(join(it.outside, 'boards/board-1/device-key.pem'))).mode & 0o777, 0o600);
});

test('a board whose track cannot be read is not registered', async () => {
  await using it = await startTestPlatform();
  const gpx = join(it.outside, 'tour.gpx');
  await writeFile(gpx, 'no track');
  const ran = await it.mkiot('board', 'run', 'van-1', '--gpx', gpx, '--folder', join(it.outside, 'boards'));
  assert.match(ran.stderr, /\[GPX_\w+\]/);
  assert.deepEqual(json(await it.mkiot('device', 'list', '--json')), []);
});

for (const [version, login] of [
  ['3.1.1', 'by ticket'],
  ['5', 'by challenge'],
] as const) {
  for (const clock of ['1970', '2038', 'drift=3']) {
    test(`over MQTT ${version} a board with --clock ${clock} logs in ${login}, and its telemetry is acknowledged`, async () => {
      await using it = await startTestPlatform();
      const data = ['--data', it.dataFolder];
      // The ticket of a device that has never been there comes with a login by a right clock.
      const hasTicket = (): boolean => existsSync(join(it.outside, 'boards/board-1/ticket'));
      if (version === '3.1.1') await runBoards(it, data, hasTicket);
      const words = ['--mqtt-version', version, '--clock', clock, ...data];
      const ran = await runBoards(it, words, (stdout) => / acknowledged after /.test(stdout));
      assert.equal(ran.exitCode, 0, ran.stderr);
      assert.match(ran.stdout, new RegExp(`board-1 connected, ${login}$`, 'm'));
      assert.doesNotMatch(ran.stdout, /tries again/);
    });
  }
}

for (const [version, rule] of [
  ['3.1.1', 'nonce-required'],
  ['5', 'exporter-required'],
] as const) {
  test(`over MQTT ${version} a board renews its session where the registry says ${rule}`, async () => {
    await using it = await startTestPlatform();
    const data = ['--data', it.dataFolder];
    const hasTicket = (): boolean => existsSync(join(it.outside, 'boards/board-1/ticket'));
    if (version === '3.1.1') await runBoards(it, data, hasTicket);
    const update = ['registry', 'update', 'default', '--max-session', '2s', '--device-login', rule];
    json(await it.mkiot(...update, '--json'));
    const words = ['--mqtt-version', version, '--clock', '1970', ...data];
    const ran = await runBoards(it, words, (stdout) => (stdout.match(/session renewed, ends in /g) ?? []).length >= 2);
    assert.equal(ran.exitCode, 0, ran.stderr);
  });
}

test('a board that has neither ticket nor clock asks for a challenge, also where a nonce is required', async () => {
  await using it = await startTestPlatform();
  json(await it.mkiot('registry', 'update', 'default', '--device-login', 'nonce-required', '--json'));
  const words = ['--clock', '1970', '--data', it.dataFolder];
  const ran = await runBoards(it, words, (stdout) => / acknowledged after /.test(stdout));
  assert.match(ran.stdout, /board-1 connected, by a challenge that it asked for$/m);
  assert.doesNotMatch(ran.stdout, /tries again/);
});

test('a board may be given a wrong clock, and what is no clock is refused', async () => {
  await using it = await startTestPlatform();
  const words = ['--clock', '1970', '--data', it.dataFolder];
  const ran = await runBoards(it, words, (stdout) => /events\/sensors|tries again/.test(stdout));
  assert.equal(ran.exitCode, 0, ran.stderr);
  for (const clock of ['1971', 'drift', 'drift=0', 'drift=-1', 'drift=1e3', 'drift=1001', 'constructor']) {
    const { exitCode, stderr } = await runBoards(it, ['--clock', clock], () => false);
    assert.equal(exitCode, 2);
    assert.match(stderr, /--clock is .*1970, 2038, stopped, or drift=FACTOR.*\[ARGUMENT_WRONG\]/);
  }
});

test('many boards run at once, quietly, and come back with the same keys', async () => {
  await using it = await startTestPlatform();
  const words = ['tank', '--count', '3', '--quiet', '--json', '--data', it.dataFolder];
  const allConnected = (stdout: string): boolean => (stdout.match(/"connected"/g) ?? []).length === 3;
  for (const _time of ['first', 'second']) {
    const ran = await runBoards(it, words, allConnected);
    assert.equal(ran.exitCode, 0, ran.stderr);
    const events = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { device: string; type: string });
    assert.deepEqual([...new Set(events.map(({ device }) => device))].sort(), ['tank-1', 'tank-2', 'tank-3']);
    assert.ok(events.every(({ type }) => type !== 'published'));
  }
  assert.equal((json(await it.mkiot('device', 'list', '--json')) as unknown[]).length, 3);
});

test('a board whose device has another key does not start', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'board-1');
  const ran = await runBoards(it, ['--data', it.dataFolder], () => false);
  assert.equal(ran.exitCode, 1);
  assert.match(ran.stderr, /board-1.*\[BOARD_KEY_NOT_REGISTERED\]/);
});

test('a board on a machine without login needs its name, its bridge and its authority, and no API', async () => {
  await using it = await startTestPlatform();
  const { project, location, ports, authorityCertificate } = it.platform;
  await runBoards(it, ['--data', it.dataFolder], (stdout) => stdout.includes('connected'));
  const ca = join(it.outside, 'ca.pem');
  await writeFile(ca, authorityCertificate);
  const name = `projects/${project}/locations/${location}/registries/default/devices/board-1`;
  const words = [name, '--no-register', '--mqtt', `localhost:${ports.mqtt}`, '--ca', ca];
  const ran = await runBoards(it, words, (stdout) => stdout.includes('connected'));
  assert.equal(ran.exitCode, 0, ran.stderr);

  for (const [incomplete, code] of [
    [['board-1', '--no-register', '--mqtt', 'localhost:8883', '--ca', ca], 'BOARD_NAME_SHORT'],
    [[name, '--no-register', '--ca', ca], 'BOARD_NEEDS_SERVER'],
    [[name, '--no-register', '--mqtt', 'localhost:8883'], 'BOARD_NEEDS_SERVER'],
    [[name, '--no-register', '--mqtt', 'localhost', '--ca', ca], 'ARGUMENT_WRONG'],
    [[name, '--no-register', '--mqtt', 'mqtts://localhost:8883', '--ca', ca], 'ARGUMENT_WRONG'],
  ] as const) {
    const { exitCode, stderr } = await runBoards(it, incomplete, () => false);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
  }
});

test('a board trusts the given authority alone', async () => {
  await using it = await startTestPlatform();
  await using other = await startTestPlatform();
  const ca = join(it.outside, 'other.pem');
  await writeFile(ca, other.platform.authorityCertificate);
  const words = ['--data', it.dataFolder, '--ca', ca];
  const ran = await runBoards(it, words, (stdout) => stdout.includes('tries again'));
  assert.doesNotMatch(ran.stdout, /board-1 connected/);
  assert.match(ran.stdout, /did not prove that it is 127\.0\.0\.1/);
});

test('a build of the reference device is what the station takes', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-build-'));
  const out = join(folder.path, 'build');
  const made = await runCli(['board', 'build', '--chip', 'esp32c3', '--profile', 'production', '--out', out]);
  assert.equal(made.exitCode, 0, made.stderr);
  const { chip, parts } = await readFirmware({ firmware: out, tableOffset: 0x8000 });
  assert.deepEqual([chip, parts.map(({ offset }) => offset)], ['esp32c3', [0, 0x8000, 0x10000]]);
});
