import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { complaint } from '../bin/runtimes.js';

const bin = fileURLToPath(new URL('../bin/mkiot.js', import.meta.url));

function versionWith(runtime: string) {
  const environment = { PATH: process.env['PATH'], MKIOT_RUNTIME: runtime };
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, '--version'], {
    env: environment,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('a runtime that is too old is refused with the one that will do, and a newer one is let in', () => {
  assert.equal(complaint({ node: '26.8.0' }), undefined);
  assert.equal(complaint({ node: '27.0.0' }), undefined);
  assert.match(complaint({ node: '26.7.9' }) ?? '', /needs Node 26\.8\.0 or newer; this is 26\.7\.9/);
  assert.equal(complaint({ node: '26.3.0', bun: '1.4.5' }), undefined);
  assert.equal(complaint({ node: '26.3.0', bun: '1.10.0' }), undefined);
  assert.match(
    complaint({ node: '26.3.0', bun: '1.4.4' }) ?? '',
    /needs Bun 1\.4\.5 or newer; this is 1\.4\.4\..*npm install/,
  );
});

test('MKIOT_RUNTIME names a runtime or the path of one, and anything else starts nothing', () => {
  assert.deepEqual(versionWith('frog'), {
    status: 2,
    stdout: '',
    stderr: 'MKIOT_RUNTIME is "frog"; it may be node, bun, or the absolute path of one of them.\n',
  });
  assert.match(versionWith('/nowhere/bun').stderr, /^MKIOT_RUNTIME is \/nowhere\/bun, and no such file exists\.\n$/);
  assert.match(versionWith(process.execPath).stdout, /^\d+\.\d+\.\d+ \((Node|Bun) /);
  assert.match(versionWith('node').stdout, /^\d+\.\d+\.\d+ \(Node 26\./);
});

test('Bun is started where it is installed; elsewhere the command that installs it is told', () => {
  const { status, stdout, stderr } = versionWith('bun');
  if (status === 0) assert.match(stdout, /\(Bun 1\./);
  else assert.match(stderr, /Bun is not installed\. To install it: (npm install --no-save @oven\/bun-|see https:)/);
});

test('the chosen program gets the arguments, and what it says and how it ends is ours', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-runtime-'));
  const program = join(folder.path, 'other');
  await writeFile(program, '#!/bin/sh\necho "$(basename "$1") $2, runtime: $MKIOT_RUNTIME"\nexit 7\n');
  await chmod(program, 0o755);
  assert.deepEqual(versionWith(program), { status: 7, stdout: 'mkiot.js --version, runtime: \n', stderr: '' });
});
