import { EFUSE_STATES, efuseVector } from '@mkiot/esp32/efuse/efuse.vectors';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../cli.testing.ts';

type Summary = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const path = (name: string): string => fileURLToPath(efuseVector(name));
const summary = (...words: readonly string[]) => runCli(['esp32', 'efuse', 'summary', ...words]);

function withoutDescriptions(json: string): Summary {
  const entries = Object.entries(JSON.parse(json) as Summary);
  return Object.fromEntries(entries.map(([name, entry]) => [name, { ...entry, description: '' }]));
}

test('efuse summary gives the JSON of espefuse for dumps and emulator files', async () => {
  for (const state of EFUSE_STATES) {
    const expected = withoutDescriptions(await readFile(path(`${state}.summary.json`), 'utf8'));
    const chip = state.slice(0, state.indexOf('-'));
    for (const kind of ['joint', 'virt']) {
      const shown = await summary('--chip', chip, '--format', 'json', path(`${state}.${kind}.bin`));
      assert.deepEqual([shown.exitCode, shown.stderr], [0, '']);
      assert.deepEqual(withoutDescriptions(shown.stdout), expected, `${state} ${kind}`);
    }
  }
});

test('efuse summary reads the text of espefuse and shows text alike', async () => {
  const { stdout } = await summary(path('esp32-fe-development.summary.v4.12.txt'));
  assert.match(stdout, /^FLASH_CRYPT_CNT \(BLOCK0\) .* = 1 R\/W \(0b0000001\)$/m);
  assert.match(stdout, /^ {3}= (\?\? ){32}-\/-$/m);
});

test('a chip may be named as its maker writes it', async () => {
  const { exitCode, stdout } = await summary('--chip', 'ESP32-S3', '--json', path('esp32s3-blank.joint.bin'));
  assert.equal(exitCode, 0);
  assert.equal((JSON.parse(stdout) as Summary)['KEY_PURPOSE_0']?.['value'], 'USER');
});

test('efuse summary tells the wrong chip, an unknown one, and a file that is none', async () => {
  const dump = path('esp32s3-blank.joint.bin');
  for (const [words, code, expected] of [
    [[dump], 'EFUSE_CHIP_NEEDED', 1],
    [['--chip', 'esp32', dump], 'EFUSE_WRONG_LENGTH', 1],
    [['--chip', 'esp8266', dump], 'ARGUMENT_WRONG', 2],
    [[path('README.md')], 'EFUSE_FILE_UNKNOWN', 1],
  ] as const) {
    const { exitCode, stdout, stderr } = await summary(...words);
    assert.deepEqual([exitCode, stdout], [expected, ''], code);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
  }
});
