import assert from 'node:assert/strict';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Device } from '@mkiot/core/api/resources';
import { runCli } from '../../cli.testing.ts';
import { json, startTestPlatform } from '../../platform/platform.testing.ts';

for (const chip of ['esp32', 'esp32c3']) {
  test(`a board on a virtual ${chip} encrypts its flash, tells its key, is registered, and its telemetry is acknowledged`, async () => {
    await using it = await startTestPlatform();
    const end = new AbortController();
    const ran = await runCli(
      ['board', 'run', 'pump-1', '--chip', chip, '--firmware', 'reference', '--data', it.dataFolder],
      {
        signal: end.signal,
        onOutput: (stdout) => {
          if (/ acknowledged after /.test(stdout)) end.abort();
        },
      },
    );
    assert.equal(ran.exitCode, 0, ran.stderr);
    for (const words of [
      /I \(\d+\) flash_encrypt: Flash encryption completed$/m,
      /I \(\d+\) nvs: NVS partition "nvs" is encrypted\.$/m,
      /-----BEGIN PUBLIC KEY-----$/m,
      /pump-1 connected$/m,
    ]) {
      assert.match(ran.stdout, words);
    }
    const device = json(await it.mkiot('device', 'get', 'pump-1', '--json')) as Device;
    assert.equal(device.credentials.length, 1);
  });
}

test('a command to reboot starts the chip again, and it logs in with the ticket that it has kept in NVS', async () => {
  await using it = await startTestPlatform();
  const end = new AbortController();
  let asked: Promise<unknown> | undefined;
  const ran = await runCli(
    [
      'board',
      'run',
      'pump-1',
      '--chip',
      'esp32',
      '--firmware',
      'reference',
      '--flash-encryption',
      'none',
      '--data',
      it.dataFolder,
    ],
    {
      signal: end.signal,
      onOutput: (stdout) => {
        if (/pump-1 connected$/m.test(stdout))
          asked ??= it.mkiot('device', 'command', 'pump-1', '{"command":"reboot"}');
        if (/rst:0xc \(SW_CPU_RESET\)[^]*pump-1 connected, by ticket$/m.test(stdout)) end.abort();
      },
    },
  );
  await asked;
  assert.equal(ran.exitCode, 0, ran.stderr);
  assert.match(ran.stdout, /pump-1 booted, start 3 of firmware 0\.1\.0/);
});

test('boards on chips run alone and are registered', async () => {
  for (const words of [['--count', '2'], ['--no-register']]) {
    const { exitCode, stderr } = await runCli(['board', 'run', '--chip', 'esp32', ...words]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /\[BOARD_ON_CHIP_ALONE\]/);
  }
});

test('a chip whose flash and eFuses are kept comes back as the same device', async () => {
  await using it = await startTestPlatform();
  const files = ['--flash', join(it.outside, 'flash.bin'), '--efuse', join(it.outside, 'efuse.bin')];
  const outputs: string[] = [];
  for (const firmware of [['--firmware', 'reference'], []]) {
    const end = new AbortController();
    const { stdout, exitCode, stderr } = await runCli(
      ['board', 'run', 'pump-1', '--chip', 'esp32', ...firmware, ...files, '--data', it.dataFolder],
      {
        signal: end.signal,
        onOutput: (stdout) => {
          if (/ acknowledged after /.test(stdout)) end.abort();
        },
      },
    );
    assert.equal(exitCode, 0, stderr);
    outputs.push(stdout);
  }
  assert.match(outputs[0] ?? '', /BEGIN PUBLIC KEY/);
  assert.doesNotMatch(outputs[1] ?? '', /BEGIN PUBLIC KEY|Generating new flash encryption key/);
  assert.match(outputs[1] ?? '', /connected, by ticket$/m);
});

test('a flash that is too small for the firmware is refused', async () => {
  const words = ['--chip', 'esp32', '--firmware', 'reference', '--flash-size', '1MB'];
  const { exitCode, stderr } = await runCli(['board', 'run', ...words]);
  assert.equal(exitCode, 1);
  assert.match(stderr, /needs 4194304.*\[FLASH_TOO_SMALL\]/);
});

test('an app image is written, and the toolkit reads it as one of a real chip', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-board-app-'));
  const out = join(folder.path, 'app.bin');
  const built = await runCli(['board', 'app', '--app-version', '1.2.3', '--secure-version', '4', '--out', out]);
  assert.equal(built.exitCode, 0, built.stderr);
  assert.match(built.stdout, /reference 1\.2\.3 for ESP32, \d+ bytes/);
  assert.equal((await readFile(out))[0], 0xe9);
  const info = await runCli(['esp32', 'image', 'info', out]);
  assert.equal(info.exitCode, 0, info.stderr);
  assert.match(info.stdout, /App version: 1\.2\.3/);
  assert.match(info.stdout, /Secure version: 4/);
});

test('a program or version that no tag takes is refused', async () => {
  for (const words of [
    ['--firmware', 'Not A Name', '--app-version', '1'],
    ['--app-version', 'x'.repeat(40)],
  ]) {
    const { exitCode, stderr } = await runCli(['board', 'app', ...words, '--out', '/nowhere/app.bin']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[TAG_INVALID\]/);
  }
});
