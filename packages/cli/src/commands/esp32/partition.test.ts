import { partitionCases, partitionVector } from '@mkiot/esp32/partitionTable/partitionTable.vectors';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../cli.testing.ts';
import { folderWith } from './filesFolder.testing.ts';

const cases = await partitionCases(async (file) => new Uint8Array(await readFile(file)));
const path = (name: string): string => fileURLToPath(partitionVector(name));
const partition = (...words: readonly string[]) => runCli(['esp32', 'partition', ...words]);

test('partition build and parse give what gen_esp32part.py gives', async () => {
  await using it = await folderWith({});
  for (const { name, args, error } of cases) {
    const offset = args[0] === '-o' ? ['--offset', args[1] as string] : [];
    const md5 = args.filter((word) => word === '--disable-md5sum');
    const built = await partition('build', ...offset, ...md5, '--output', it.path(name), path(`${name}.csv`));
    if (error !== null) {
      assert.equal(built.exitCode, 1);
      assert.ok(built.stderr.includes(error), built.stderr);
      await assert.rejects(it.read(name));
      continue;
    }
    assert.deepEqual([built.exitCode, built.stderr], [0, ''], name);
    assert.deepEqual(await it.read(name), await readFile(path(`${name}.bin`)), name);
    const expected = await readFile(path(`${name}.roundtrip.csv`), 'utf8');
    const parsed = await partition('parse', ...offset, it.path(name));
    assert.deepEqual([parsed.exitCode, parsed.stdout], [0, expected], name);
    await partition('parse', ...offset, '--output', it.path('csv'), it.path(name));
    assert.equal(String(await it.read('csv')), expected, name);
  }
});

test('partition parse tells every entry as JSON', async () => {
  const { stdout } = await partition('parse', path('arduino-old-default.bin'), '--json');
  const { hasMd5, partitions } = JSON.parse(stdout) as {
    hasMd5: boolean;
    partitions: { name: string; subtype: number }[];
  };
  assert.equal(hasMd5, true);
  assert.equal(partitions.find(({ name }) => name === 'eeprom')?.subtype, 0x99);
});

test('flash size and secure boot are checked, and variables come from the environment', async () => {
  await using it = await folderWith({ csv: 'a,app,factory,,${SIZE}\n' });
  const build = (size: string, ...words: readonly string[]) =>
    runCli(['esp32', 'partition', 'build', ...words, '--output', it.path('bin'), it.path('csv')], {
      environment: { SIZE: size },
    });
  assert.equal((await build('1M', '--flash-size', '2MB')).exitCode, 0);
  assert.match((await build('2M', '--flash-size', '2MB')).stderr, /\[PARTITION_FLASH_SIZE\]/);
  assert.match((await build('0x11000', '--secure', 'v1')).stderr, /\[PARTITION_INVALID\]/);
  assert.equal((await build('0x11000', '--secure', 'v2')).exitCode, 0);
  assert.equal((await build('1M', '--secure', 'v3')).exitCode, 2);
});

test('what works but looks like a mistake is warned of, and done', async () => {
  await using it = await folderWith({ csv: 'nvs,data,fat,,4K\n' });
  const { exitCode, stderr } = await partition('build', '--output', it.path('bin'), it.path('csv'));
  assert.equal(exitCode, 0);
  assert.match(stderr, /^WARNING: Partition has name 'nvs'/);
});

test('a file that is no table, and an input that would be overwritten, are told', async () => {
  const binary = path('no-md5.bin');
  for (const [words, code, expected] of [
    [['parse', path('no-md5.csv')], 'PARTITION_MAGIC', 1],
    [['build', '--output', '/no/such/folder/x', binary], 'PARTITION_CSV_TEXT', 1],
    [['parse', '--output', binary, binary], 'OUTPUT_IS_INPUT', 2],
    [['build', path('no-md5.csv')], 'USAGE', 2],
  ] as const) {
    const { exitCode, stderr } = await partition(...words);
    assert.equal(exitCode, expected, stderr);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
  }
});
