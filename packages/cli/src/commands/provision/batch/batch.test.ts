import { lockFile } from '@mkiot/server/runtime/fileLock';
import { flashEncryptionState } from '@mkiot/esp32/efuse/readFuse';
import { parseSheet, SHEET_HEADING } from '@mkiot/esp32/station/batch/resultSheet';
import assert from 'node:assert/strict';
import { appendFile, mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli, type TestPorts } from '../../../cli.testing.ts';
import { startTestPlatform } from '../../../platform/platform.testing.ts';
import { openBench } from '../provision.testing.ts';

const [A, B] = ['24:0a:c4:00:00:01', '24:0a:c4:00:00:02'] as const;

const batch = (words: readonly string[], ports: TestPorts = {}) => runCli(['provision', 'batch', ...words], ports);

async function factory(job: string, name = 'pumps.csv') {
  const folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-batch-'));
  const path = join(folder.path, name);
  await writeFile(path, job);
  const sheet = join(folder.path, name.replace(/\.\w+$/, '.results.csv'));
  return {
    path,
    sheet,
    entries: async () => parseSheet(new Uint8Array(await readFile(sheet)), sheet),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test('boards at two ports take the rows of a job when their keys are pressed, and a repeated command has nothing to do', async () => {
  await using one = await openBench('rfc2217', A);
  await using other = await openBench('rfc2217', B);
  await using it = await factory(`device,mac\npump-1,${B}\npump-2,\n`);
  const words = [it.path, '--port', one.port, '--port', other.port, '--firmware', one.folder];
  let press: (key: string) => void = () => assert.fail('nobody listens');
  let prompts = 0;
  const first = await batch(words, {
    answers: [],
    onKeys: (listener) => (press = listener),
    onOutput(stdout) {
      const asked = stdout.split('put the next board in').length - 1;
      if (prompts < 2 && asked === 2) ['1', '\r'].forEach(press);
      prompts = asked;
    },
  });
  assert.deepEqual([first.exitCode, first.stderr], [0, '']);
  assert.match(first.stdout, /2 units, 2 of them to do/);
  assert.match(first.stdout, new RegExp(`\\[1\\] ${one.port}: put the next board in and press 1`));
  const entries = await it.entries();
  const done = entries.filter(({ outcome }) => outcome === 'done');
  assert.deepEqual(
    done.map(({ device, mac, port }) => [device, mac, port]).toSorted((one, two) => (one[0]! < two[0]! ? -1 : 1)),
    [
      ['pump-1', B, other.port],
      ['pump-2', A, one.port],
    ],
  );
  assert.equal((await stat(it.sheet)).mode & 0o777, 0o600);
  const again = await batch([...words, '--json'], { answers: [] });
  assert.equal(again.exitCode, 0);
  assert.deepEqual(JSON.parse(again.stdout).open, 0);
  assert.equal((await it.entries()).length, entries.length);
});

test('with --auto boards are begun with as they come, and a line that a power cut tore is written again', async () => {
  await using it = await factory('{"units":[{"device":"pump-1"}],"options":{"auto":true,"baud":460800}}', 'pumps.json');
  await using bench = await openBench('rfc2217', A);
  await writeFile(it.sheet, `${SHEET_HEADING}2026-01-01T00:00:00.000Z,begun,pump-1,${A},p,,,,,,,,,,\n`);
  await appendFile(it.sheet, `2026-01-01T00:01:00.000Z,done,pump-1,24:0a`);
  const { exitCode, stdout, stderr } = await batch([
    it.path,
    '--port',
    bench.port,
    '--firmware',
    bench.folder,
    '--json',
  ]);
  assert.deepEqual([exitCode, stderr], [0, '']);
  const [ended] = stdout.split('\n').map((line) => line && JSON.parse(line));
  assert.deepEqual([ended.outcome, ended.device, ended.mac], ['done', 'pump-1', A]);
  const outcomes = (await it.entries()).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, ['begun', 'begun', 'done']);
});

test('boards of a batch are locked by one consent, get their keys, and are registered at the server', async () => {
  await using platform = await startTestPlatform();
  await using one = await openBench('rfc2217', A);
  await using other = await openBench('rfc2217', B);
  await using it = await factory(`device,mac\npump-1,${A}\npump-2,${B}\n`);
  const station = join(platform.outside, 'line.station.json');
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const enrol = ['station', 'enrol', 'line', '--max-devices', '2', '--until', until, '--out', station];
  const enrolled = await platform.mkiot(...enrol);
  assert.equal(enrolled.exitCode, 0, enrolled.stderr);
  const words = [it.path, '--auto', '--port', one.port, '--port', other.port, '--firmware', one.folder];
  const secured = ['--profile', 'development', '--station', station];
  const { exitCode, stderr } = await batch([...words, ...secured], { answers: ['BURN 2'] });
  assert.deepEqual([exitCode, stderr], [0, 'To burn this, which cannot be undone, type BURN 2: ']);
  const devices = (await platform.mkiot('device', 'list')).stdout;
  assert.match(devices, /^pump-1 /m);
  assert.match(devices, /^pump-2 /m);
  const done = (await it.entries()).filter(({ outcome }) => outcome === 'done');
  assert.deepEqual(
    done.map(({ result }) => result?.registered),
    ['registered', 'registered'],
  );
  for (const { chip } of [one, other]) assert.equal(flashEncryptionState(chip.efuses.trueBits())?.isOn, true);
});

test('a second station on the same job is refused, and the sheet stays as it is', async () => {
  await using it = await factory('device\npump-1\n');
  await using bench = await openBench();
  using _held = lockFile(`${it.path}.lock`);
  const words = [it.path, '--auto', '--port', bench.port, '--firmware', bench.folder];
  const { exitCode, stderr } = await batch(words);
  assert.deepEqual([exitCode, /\[BATCH_LOCKED\]/.test(stderr)], [1, true]);
  await assert.rejects(stat(it.sheet), { code: 'ENOENT' });
});

test('a board is given up by its address, and its row is free again', async () => {
  await using it = await factory(`device,mac\npump-1,${B}\n`);
  await using bench = await openBench('rfc2217', A);
  const line = `2026-01-01T00:00:00.000Z,failed,pump-1,${A},p,,,,,,,,FLASH_DIGEST_WRONG,no,worn out\n`;
  await writeFile(it.sheet, `${SHEET_HEADING}${line}`);
  const words = [it.path, '--auto', '--port', bench.port, '--firmware', bench.folder];
  assert.match((await batch(words)).stderr, /\[BATCH_ROW_EXCHANGED\]/);
  const stop = new AbortController();
  const onOutput = (stdout: string): void => void (stdout.includes('BATCH_NO_ROW') && stop.abort());
  await batch([...words, '--give-up', A.replaceAll(':', '-').toUpperCase()], { signal: stop.signal, onOutput });
  assert.deepEqual(
    (await it.entries()).map(({ outcome }) => outcome),
    ['failed', 'given up'],
  );
});

test('Ctrl-C at the question whether to burn leaves a board that the same command goes on with', async () => {
  await using it = await factory('device\npump-1\n');
  await using bench = await openBench('rfc2217', A);
  await writeFile(it.sheet, `${SHEET_HEADING}2026-01-01T00:00:00.000Z,begun,pump-1,${A},p,,,,,,,,,,\n`);
  const words = [it.path, '--auto', '--port', bench.port, '--firmware', bench.folder, '--profile', 'development'];
  const stop = new AbortController();
  const onOutput = (stdout: string): void => void (stdout.includes('The plan for each of 1 units') && stop.abort());
  const { exitCode } = await batch(words, { answers: [], signal: stop.signal, onOutput });
  assert.equal(exitCode, 1);
  const [, , last] = await it.entries();
  assert.deepEqual([last?.outcome, last?.failure?.reason, last?.failure?.canPass], ['failed', 'UNIT_STOPPED', true]);
});

test('what is missing or wrong is told before a board is looked for', async () => {
  await using it = await factory(
    '{"options":{"profile":"production"},"units":[{"device":"pump-1","a:k":"v"}]}',
    'pumps.json',
  );
  await using bench = await openBench();
  const words = [it.path, '--port', 'tcp:1', '--firmware', bench.folder];
  for (const [more, code] of [
    [[], 'BATCH_KEYS_MISSING'],
    [['--auto'], 'BATCH_NVS_PARTITION_MISSING'],
    [['--auto', '--nvs-partition', 'values'], 'UNIT_NVS_PARTITION_MISSING'],
    [['--auto', '--port', 'tcp:1'], 'ARGUMENT_WRONG'],
    [['--auto', '--record', it.path.replace('.json', '.units')], 'RECORD_IN_BOOK'],
    [['--auto', '--give-up', 'pump-1'], 'ARGUMENT_WRONG'],
  ] as const) {
    assert.match((await batch([...words, ...more])).stderr, new RegExp(`\\[${code}\\]`));
  }
  assert.match((await batch([it.path, '--auto', '--firmware', bench.folder])).stderr, /\[PORT_NOT_NAMED\]/);
  for (const options of ['{"speed":1}', '{"baud":true}', '{"auto":"yes"}', '{"baud":{}}']) {
    await writeFile(it.path, `{"options":${options},"units":[{"device":"pump-1"}]}`);
    const { stderr } = await batch(words);
    assert.match(stderr, /\[BATCH_OPTION_WRONG\]/, options);
  }
});
