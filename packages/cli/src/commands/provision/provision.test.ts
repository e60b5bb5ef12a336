import { flashEncryptionState } from '@mkiot/esp32/efuse/readFuse';
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli } from '../../cli.testing.ts';
import { MAC, openBench, withPty } from './provision.testing.ts';

test('a build is written to a blank chip as it is, over RFC 2217, and its eFuses stay as they were', async () => {
  await using it = await openBench();
  const { chip, folder, port } = it;
  const before = chip.efuses.trueBits();
  const { exitCode, stdout, stderr } = await runCli(['provision', '--port', port, '--firmware', folder]);
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.match(stdout, /identify +ESP32-S3, MAC a0:b1:c2:d3:e4:f5, 4 MB of flash/);
  assert.match(stdout, /audit +before: .*\d/);
  assert.match(stdout, /Done in/);
  assert.equal(chip.flash.read(0, 1)[0], 0xe9);
  assert.deepEqual(chip.efuses.trueBits(), before);
});

test('a profile burns only after the MAC address of the chip was given, and keeps the flash key to its owner', async () => {
  await using it = await openBench();
  const { chip, folder, port } = it;
  const book = join(folder, 'units');
  const words = ['provision', '--port', port, '--firmware', folder, '--profile', 'development', '--book', book];
  const before = chip.efuses.trueBits();
  for (const [more, given] of [
    [[], {}],
    [['--yes', '00:00:00:00:00:00'], {}],
    [[], { answers: ['yes'] }],
  ] as const) {
    const { exitCode, stderr } = await runCli([...words, ...more], given);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[UNIT_BURN_NOT_CONFIRMED\]/);
    assert.deepEqual(chip.efuses.trueBits(), before);
  }
  assert.ok(!existsSync(book));
  const { exitCode, stdout, stderr } = await runCli([...words, '--yes', MAC, '--json', '--quiet']);
  assert.deepEqual([exitCode, stderr], [0, '']);
  const record = JSON.parse(stdout) as { mac: string; burned: readonly string[] };
  assert.equal(record.mac, MAC);
  assert.ok(record.burned.includes('flash-key'));
  assert.equal(statSync(join(book, 'a0b1c2d3e4f5.key')).mode & 0o777, 0o600);
  assert.equal(flashEncryptionState(chip.efuses.trueBits())?.isOn, true);
});

test(
  'over a port without reset lines a chip that waits in its loader is provisioned, and a person restarts it',
  withPty,
  async () => {
    await using it = await openBench('pty');
    const { exitCode, stdout, stderr } = await runCli(['provision', '--port', it.port, '--firmware', it.folder]);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.match(stdout, /run +Press reset on the board/);
    assert.equal(it.chip.flash.read(0, 1)[0], 0xe9);
  },
);

test('a cable that is pulled in the middle ends the run', withPty, async () => {
  await using it = await openBench('pty');
  const onOutput = (stdout: string): void => {
    if (stdout.includes('flash ')) void it[Symbol.asyncDispose]();
  };
  const words = ['provision', '--port', it.port, '--firmware', it.folder];
  const { exitCode, stderr } = await runCli(words, { onOutput });
  assert.equal(exitCode, 1);
  assert.match(stderr, /\[LOADER_PORT_CLOSED\]/);
});

test('of two stations at one port the second is refused, and the first goes on', withPty, async () => {
  await using it = await openBench('pty');
  const words = ['provision', '--port', it.port, '--firmware', it.folder];
  const began = Promise.withResolvers<void>();
  const first = runCli(words, { onOutput: () => began.resolve() });
  await began.promise;
  assert.match((await runCli(words)).stderr, /Another program has the serial port .*\[PORT_BUSY\]/);
  assert.equal((await first).exitCode, 0);
});

test('files named one by one make the firmware, and go where their partition table says', async () => {
  await using it = await openBench();
  const { chip, folder, port } = it;
  const [bootloader, partitions, app] = ['bootloader', 'partition-table', 'app'].map((name) =>
    join(folder, `${name}.bin`),
  ) as [string, string, string];
  const words = ['provision', '--port', port, '--bootloader', bootloader, '--partitions', partitions, '--app', app];
  await writeFile(join(folder, 'outbox'), 'hello');
  const { exitCode, stderr } = await runCli([...words, '--data-file', `outbox=${join(folder, 'outbox')}`]);
  assert.deepEqual([exitCode, stderr], [0, '']);
  const written = await readFile(app);
  assert.deepEqual(Buffer.from(chip.flash.read(0x10000, written.length)), written);
  assert.deepEqual(Buffer.from(chip.flash.read(0x100000, 5)).toString(), 'hello');
});

test('programs hear of each step a line on the error output, and have the record on the output', async () => {
  await using it = await openBench();
  const { exitCode, stdout, stderr } = await runCli([
    'provision',
    '--port',
    it.port,
    '--firmware',
    it.folder,
    '--json',
  ]);
  assert.equal(exitCode, 0);
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual([...new Set(events.map(({ event }) => event))], ['step', 'unit', 'audit', 'progress']);
  const record = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([record['type'], record['mac'], record['profile']], ['mkiot-unit', MAC, undefined]);
  assert.equal((record['firmware'] as { version: string }).version, '1.0.0');
});

test('in a terminal a bar shows how far the flash is written, and nothing of it stays', async () => {
  await using it = await openBench();
  const words = ['provision', '--port', it.port, '--firmware', it.folder];
  const { stdout } = await runCli(words, { answers: [] });
  const CLEAR = '\r\u001b[2K';
  const lines = stdout.split(CLEAR);
  assert.ok(lines.some((line) => /^ +flash +█{24} 100 %$/.test(line)));
  // What stands before it is cleared, back to the start of its line.
  const shown = lines.slice(0, -1).map((line) => line.slice(0, line.lastIndexOf('\n') + 1));
  assert.doesNotMatch([...shown, lines.at(-1)].join(''), /█/);
});

test('Ctrl-C ends a run between two steps, and says what the unit is then', async () => {
  await using it = await openBench();
  const stop = new AbortController();
  const onOutput = (stdout: string): void => {
    if (stdout.includes('identify')) stop.abort();
  };
  const words = ['provision', '--port', it.port, '--firmware', it.folder];
  const { exitCode, stdout, stderr } = await runCli(words, { signal: stop.signal, onOutput });
  assert.equal(exitCode, 1);
  assert.match(stdout, /Stopping before the next step\./);
  assert.match(stderr, /^mkiot: Stopped before the step \w+\. .*\[UNIT_STOPPED\]\n$/);
  assert.match((await runCli(words)).stdout, /Done in/);
});

test('a record and a label are written of a unit, and its QR code is shown', async () => {
  await using it = await openBench();
  const records = join(it.folder, 'records');
  const words = ['provision', '--port', it.port, '--firmware', it.folder, '--record', records, '--label', 'text'];
  const { exitCode, stdout, stderr } = await runCli(words);
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.match(stdout, /\n█{20,}.*\n/);
  assert.match(stdout, new RegExp(`\\nMAC ${MAC}\\n$`));
  assert.deepEqual((await readdir(records)).toSorted(), ['a0b1c2d3e4f5.json', 'a0b1c2d3e4f5.svg']);
});

test('what is missing is told before a chip is looked for', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-provision-'));
  const [build, merged] = [folder.path, join(folder.path, 'app.bin')];
  await writeFile(join(build, 'flasher_args.json'), '{"flash_files":{"0x0":"app.bin"}}');
  await writeFile(merged, 'app');
  const run = (...words: readonly string[]) => runCli(['provision', '--port', 'tcp:1', ...words]);
  const firmware = ['--firmware', build];
  for (const [words, code] of [
    [[], 'FIRMWARE_NOT_NAMED'],
    [['--app', merged], 'FIRMWARE_NOT_NAMED'],
    [[...firmware, '--app', merged], 'FIRMWARE_NAMED_TWICE'],
    [['--firmware', join(build, 'none')], 'FILE_NOT_READ'],
    [['--firmware', merged], 'FIRMWARE_MERGED_NO_BOOTLOADER'],
    [[...firmware, '--data-file', `nvs=${merged}`], 'FIRMWARE_PARTITION_UNKNOWN'],
    [[...firmware, '--profile', 'development'], 'BOOK_MISSING'],
    [[...firmware, '--book', build, '--record', build], 'RECORD_IN_BOOK'],
    [[...firmware, '--station', join(build, 'none.json')], 'FILE_NOT_READ'],
    [[...firmware, '--station', join(build, 'flasher_args.json')], 'STATION_FILE_DAMAGED'],
    [firmware, 'PORT_NOT_SERVED'],
  ] as const) {
    assert.match((await run(...words)).stderr, new RegExp(`\\[${code}\\]`), words.join(' '));
  }
});

test('a word that is no port, a device id that fits no device, and a label that opens nothing are wrong usage', async () => {
  for (const words of [
    ['--port', 'usb'],
    ['--port', 'tcp:70000'],
    ['--device', 'pump {mac}'],
    ['--key-expiry', 'soon'],
    ['--key-count', '4'],
    ['--label-url', 'support.example'],
  ]) {
    const { exitCode, stderr } = await runCli(['provision', ...words]);
    assert.deepEqual([exitCode, /\[ARGUMENT_WRONG\]/.test(stderr)], [2, true], words.join(' '));
  }
  const nowhere = await runCli(['provision', '--firmware', 'build']);
  assert.deepEqual([nowhere.exitCode, /\[PORT_NOT_NAMED\]/.test(nowhere.stderr)], [2, true]);
});
