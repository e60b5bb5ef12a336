import assert from 'node:assert/strict';
import { mkdtempDisposable, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli, type TestResult } from '../cli.testing.ts';
import { json } from '../platform/platform.testing.ts';

const FREE_PORTS = ['--mqtt-port', '0', '--https-port', '0', '--loopback-port', '0', '--log-level', 'silent'];

/** Runs `mkiot up` until it has said that it is up, and `meanwhile` is done. */
async function up(
  words: readonly string[],
  meanwhile: (stdout: string) => Promise<void> = async () => undefined,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestResult> {
  const end = new AbortController();
  const isUp = Promise.withResolvers<string>();
  const running = runCli(['up', ...FREE_PORTS, ...words], {
    signal: end.signal,
    environment,
    onOutput: (stdout) => isUp.resolve(stdout),
  });
  const started = await Promise.race([isUp.promise, running]);
  try {
    if (typeof started === 'string') await meanwhile(started);
  } finally {
    end.abort();
  }
  return running;
}

test('the first start makes an installation, prints the set-up link, and stops in order', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-up-'));
  const data = join(folder.path, 'data');
  const first = await up(['--data', data], async (stdout) => {
    assert.match(stdout, /^ {2}https:\/\/\S+:\d+\/setup#\S{22}$/m);
    assert.match(stdout, /^Fingerprint +sha256:[0-9a-f]{64}$/m);
    assert.match((await runCli(['registry', 'list', '--data', data])).stdout, /^default/m);
  });
  assert.equal(first.exitCode, 0, first.stderr);
  assert.match(first.stdout, /^Stopping …$/m);
  assert.equal((await stat(data)).mode & 0o777, 0o700);
  assert.match((await runCli(['registry', 'list', '--data', data])).stderr, /\[NOT_CONNECTED\]/);

  const project = /^Project +(\S+)$/m.exec(first.stdout)?.[1];
  const second = await up(['--data', data]);
  assert.ok(second.stdout.includes(`${project}\n`), 'the second start finds the installation');
});

test('with --json a program reads where the platform is', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-up-'));
  const result = await up(['--data', join(folder.path, 'data'), '--json']);
  const { mqtt, api, dataFolder } = json(result) as Record<string, string>;
  assert.match(`${mqtt} ${api}`, /^mqtts:\/\/\S+:\d+ https:\/\/\S+:\d+$/);
  assert.equal(dataFolder, join(folder.path, 'data'));
});

test('settings come from flags, variables and a file', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-up-'));
  const file = join(folder.path, 'own.json');
  await writeFile(file, '{"project":{"id":"my-project-1"}}');
  const words = ['--data', join(folder.path, 'data'), '--settings', file, '--project-location', 'cellar'];
  const result = await up(
    words,
    async () => {
      const { stdout } = await runCli(['registry', 'get', '--data', join(folder.path, 'data')]);
      assert.match(stdout, /^Name +projects\/my-project-1\/locations\/cellar\/registries\/plants$/m);
    },
    { MKIOT_PROJECT_DEFAULT_REGISTRY: 'plants' },
  );
  assert.equal(result.exitCode, 0, result.stderr);
});

test('a wrong setting stops the start with its name, its value and what is allowed', async () => {
  const { exitCode, stdout, stderr } = await up(['--data', '/tmp/mkiot-never-made', '--mqtt-port', '70000']);
  assert.deepEqual([exitCode, stdout], [1, '']);
  assert.match(stderr, /mqtt\.port is 70000 \(from the flag --mqtt-port\); allowed is a whole number from 0 to 65535/);
  await assert.rejects(stat('/tmp/mkiot-never-made'));
});

test('a second start on the same data folder is refused, and the first goes on', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-up-'));
  const data = join(folder.path, 'data');
  const first = await up(['--data', data], async () => {
    const second = await up(['--data', data]);
    assert.equal(second.exitCode, 1);
    assert.match(second.stderr, /\[DATA_FOLDER_IN_USE\]/);
    assert.equal((await runCli(['whoami', '--data', data])).exitCode, 0);
  });
  assert.equal(first.exitCode, 0);
});
