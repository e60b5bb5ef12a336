import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../bin/mkiot.js', import.meta.url));

/** The program as a shell starts it, with an environment of its own. */
function start(...args: readonly string[]) {
  return spawn(process.execPath, [bin, ...args], { env: { HOME: '/nonexistent', PATH: process.env['PATH'] } });
}

async function finished(...args: readonly string[]) {
  const program = start(...args);
  const [stdout, stderr, [code]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close'),
  ]);
  return { stdout, stderr, code: code as number };
}

test('the program ends with the exit code of its command', async () => {
  const version = await finished('--version');
  assert.deepEqual([version.code, version.stderr], [0, '']);
  assert.match(version.stdout, /^\d+\.\d+\.\d+ \((Node|Bun) \d+\.\d+\.\d+\)\n$/);
  assert.equal((await finished('device', 'list')).code, 1);
  assert.equal((await finished('device')).code, 2);
});

test('an error has no stack, unless it is asked for', async () => {
  const plain = await finished('device', 'list');
  assert.match(plain.stderr, /^mkiot: No server was found: .*\[NOT_CONNECTED\]\n$/);
  const debug = await finished('device', 'list', '--debug');
  assert.match(debug.stderr, /^ +at .*connect\.ts/m);
});

test('a platform that is told to terminate stops in order, and a reader that goes away is no error', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-main-'));
  const data = join(folder.path, 'data');
  const ports = ['--mqtt-port', '0', '--https-port', '0', '--loopback-port', '0', '--log-level', 'silent'];
  const platform = start('up', '--data', data, ...ports);
  await once(platform.stdout, 'data');

  const board = start('board', 'run', '--data', data, '--folder', join(folder.path, 'boards'));
  await once(board.stdout, 'data');
  board.stdout.destroy();
  const [boardCode] = (await once(board, 'exit')) as [number];
  assert.equal(boardCode, 0, 'as in "mkiot board run | head -1"');

  platform.kill('SIGTERM');
  const [code] = (await once(platform, 'exit')) as [number];
  assert.equal(code, 0);
});
