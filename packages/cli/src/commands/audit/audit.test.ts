import assert from 'node:assert/strict';
import { mkdir, mkdtempDisposable, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AuditReport } from '@mkiot/esp32/audit/report/auditReport';
import type { Log } from 'sarif';
import { runCli } from '../../cli.testing.ts';

const vectors = (path: string): string =>
  fileURLToPath(new URL(`../../../../esp32/src/audit/${path}`, import.meta.url));
const open = 'vectors/open-arduino-board';
const encrypted = 'vectors/flash-encrypted-keys-in-clear';
const audit = (...words: readonly string[]) => runCli(['audit', ...words]);
const reportOf = async (...words: readonly string[]): Promise<AuditReport> =>
  JSON.parse((await audit(...words, '--json')).stdout) as AuditReport;

/** Settings whose worst finding is high. */
const UNPROTECTED =
  'CONFIG_IDF_TARGET="esp32"\n# CONFIG_SECURE_BOOT is not set\n# CONFIG_SECURE_FLASH_ENC_ENABLED is not set\n';

/** A temporary folder with copies of vectors under other names, in folders. */
async function folderOf(files: Readonly<Record<string, string>>) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-audit-'));
  for (const [name, contents] of Object.entries(files)) {
    const path = join(folder.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents.startsWith('vectors/') ? await readFile(vectors(contents)) : contents);
  }
  return folder;
}

test('audit tells findings, what to do and where, and ends with 1', async () => {
  const { exitCode, stdout, stderr } = await audit(vectors(`${open}/efuse.summary.txt`));
  assert.equal(exitCode, 1);
  assert.match(stderr, /\[AUDIT_FINDINGS\]/);
  for (const part of ['ESP32', 'Grade F', 'Do first', 'fe-off', 'Not judged']) assert.ok(stdout.includes(part), part);
});

test('--fail-on decides from which severity on the exit code is 1', async () => {
  await using folder = await folderOf({ sdkconfig: UNPROTECTED });
  const worst = (await reportOf(folder.path)).devices[0]?.findings[0]?.severity;
  assert.equal(worst, 'high');
  assert.equal((await audit(folder.path)).exitCode, 1);
  assert.equal((await audit(folder.path, '--fail-on', 'critical')).exitCode, 0);
});

test('each format is written to the file that is named, and none over an input', async () => {
  await using folder = await folderOf({ 'efuse.txt': `${open}/efuse.summary.txt` });
  const efuse = join(folder.path, 'efuse.txt');
  const output = join(folder.path, 'report');
  const begins = {
    text: 'The device: ESP32',
    json: '{\n  "format": "mkiot-audit-report"',
    html: '<!doctype html>',
    sarif: '{\n  "$schema"',
  };
  for (const [format, begin] of Object.entries(begins)) {
    const { stdout } = await audit(efuse, '--format', format, '--output', output);
    assert.equal(stdout, '');
    assert.ok((await readFile(output, 'utf8')).startsWith(begin), format);
  }
  const { exitCode, stderr } = await audit(efuse, '--output', efuse);
  assert.equal(exitCode, 2);
  assert.match(stderr, /\[OUTPUT_IS_INPUT\]/);
});

test('a folder of folders is a batch: each device is reported', async () => {
  await using folder = await folderOf({
    'batch/one/a': `${open}/efuse.summary.txt`,
    'batch/one/notes.txt': 'bought in spring',
    'batch/two/b': `${encrypted}/efuse.summary.txt`,
    'batch/two/c': `${encrypted}/boot.log`,
  });
  const { devices } = await reportOf(join(folder.path, 'batch'));
  assert.deepEqual(
    devices.map(({ name, inputs, leftOut }) => [name, inputs.length, leftOut.length]),
    [
      [join(folder.path, 'batch', 'one'), 1, 1],
      [join(folder.path, 'batch', 'two'), 2, 0],
    ],
  );
  const named = await reportOf(join(folder.path, 'batch/one'), join(folder.path, 'batch/two'));
  assert.equal(named.devices.length, 2);
  const log = JSON.parse((await audit(join(folder.path, 'batch'), '--format', 'sarif')).stdout) as Log;
  assert.equal(log.runs.length, 2);
});

test('a link is followed, and a folder beside files is left out by name', async () => {
  await using folder = await folderOf({
    'device/build/efuse.txt': `${open}/efuse.summary.txt`,
    'device/notes.txt': 'x',
  });
  const device = join(folder.path, 'device');
  await symlink(join(device, 'build', 'efuse.txt'), join(device, 'efuse.txt'));
  const { devices } = await reportOf(`${device}/`);
  assert.deepEqual(
    devices[0]?.inputs.map(({ source }) => source),
    [join(device, 'efuse.txt')],
  );
  assert.deepEqual(
    devices[0]?.leftOut.map(({ source }) => source),
    [join(device, 'build'), join(device, 'notes.txt')],
  );
});

test('files beside one folder are of its device, beside several they are of none', async () => {
  await using folder = await folderOf({
    'one/a': `${encrypted}/efuse.summary.txt`,
    'two/b': `${open}/efuse.summary.txt`,
  });
  const log = vectors(`${encrypted}/boot.log`);
  const { devices } = await reportOf(join(folder.path, 'one'), log);
  assert.deepEqual(
    devices.map(({ inputs }) => inputs.length),
    [2],
  );
  const { exitCode, stderr } = await audit(join(folder.path, 'one'), join(folder.path, 'two'), log);
  assert.equal(exitCode, 2);
  assert.match(stderr, /\[AUDIT_FILES_AND_FOLDERS\]/);
});

test('a baseline takes out what it names until its day, and a wrong one accepts nothing', async () => {
  await using folder = await folderOf({ sdkconfig: UNPROTECTED });
  const { devices } = await reportOf(folder.path);
  const findings = devices[0]?.findings.filter(({ severity }) => severity === 'high') ?? [];
  const accepted = findings.flatMap(({ ruleId: rule, evidence }) =>
    evidence.map(({ fingerprint }) => ({ rule, evidence: fingerprint, reason: 'a lab board', until: '2999-12-31' })),
  );
  const baseline = join(folder.path, '.baseline.json');
  const write = (entries: unknown) =>
    writeFile(baseline, JSON.stringify({ format: 'mkiot-audit-baseline', version: 1, accepted: entries }));
  await write(accepted);
  const { exitCode, stdout } = await audit(folder.path, '--baseline', baseline);
  assert.equal(exitCode, 0);
  assert.match(stdout, /a lab board; until 2999-12-31/);
  await write(accepted.map((entry) => ({ ...entry, until: '2020-01-01' })));
  const expired = await audit(folder.path, '--baseline', baseline);
  assert.equal(expired.exitCode, 1);
  assert.match(expired.stdout, /expired on 2020-01-01/);
  await write([{ ...accepted[0], reason: '' }]);
  const wrong = await audit(folder.path, '--baseline', baseline);
  assert.deepEqual([wrong.exitCode, wrong.stdout], [1, '']);
  assert.match(wrong.stderr, /\[BASELINE_ENTRY\]/);
});

test('an audit that is not whole never ends well, whatever it found', async () => {
  await using folder = await folderOf({ 'flash.bin': '' });
  const flash = join(folder.path, 'flash.bin');
  await writeFile(flash, new Uint8Array(0x10000));
  const { exitCode, stdout, stderr } = await audit(flash, '--fail-on', 'critical');
  assert.equal(exitCode, 1);
  assert.match(stdout, /PROBLEM .*blank/);
  assert.match(stdout, /Grade \?/);
  assert.match(stderr, /\[AUDIT_NOT_WHOLE\]/);
});

test('files that are no input, of two devices, or not there are refused by name', async () => {
  await using folder = await folderOf({ 'notes.txt': 'it works', 'empty/x': 'also' });
  const path = (name: string): string => join(folder.path, name);
  for (const [words, code] of [
    [[path('notes.txt')], 'AUDIT_INPUT_UNKNOWN'],
    [[path('empty')], 'AUDIT_INPUT_NONE'],
    [[path('nothing')], 'FILE_NOT_READ'],
    [[vectors(`${open}/efuse.joint.bin`), vectors(`${encrypted}/efuse.joint.bin`)], 'AUDIT_INPUT_TWICE'],
    [[vectors(`${open}/efuse.summary.txt`), '--chip', 'esp32s3'], 'AUDIT_CHIPS_DISAGREE'],
  ] as const) {
    const { exitCode, stdout, stderr } = await audit(...words);
    assert.deepEqual([exitCode, stdout], [1, '']);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
  }
});

test('wrong usage ends with 2', async () => {
  const efuse = vectors(`${open}/efuse.joint.bin`);
  for (const words of [[], [efuse, '--format', 'pdf'], [efuse, '--fail-on', 'info'], [efuse, '--chip', 'esp8266']]) {
    assert.equal((await audit(...words)).exitCode, 2, words.join(' '));
  }
});
