import { NVS_CASES, nvsVector } from '@mkiot/esp32/nvs/nvs.vectors';
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../../cli.testing.ts';
import { folderWith } from '../filesFolder.testing.ts';

const path = (name: string): string => fileURLToPath(nvsVector(name));
const nvs = (...words: readonly string[]) => runCli(['esp32', 'nvs', ...words]);
const keysOf = (keys: string | undefined): readonly string[] => (keys === undefined ? [] : ['--keys', path(keys)]);

test('nvs build, parse and decrypt give what nvs_partition_gen and nvs_tool give', async () => {
  for (const { csv, binary, size, version, keys, parsed } of NVS_CASES) {
    await using it = await folderWith({});
    const options = ['--size', `0x${size.toString(16)}`, '--format-version', String(version), ...keysOf(keys)];
    const built = await nvs('build', ...options, '--output', it.path('nvs.bin'), path(csv));
    assert.deepEqual([built.exitCode, built.stderr], [0, ''], binary);
    assert.deepEqual(await it.read('nvs.bin'), await readFile(path(binary)), binary);
    const shown = await nvs('parse', ...keysOf(keys), '--format', 'json', path(binary));
    assert.deepEqual([shown.exitCode, shown.stderr], [0, ''], binary);
    if (parsed !== undefined)
      assert.deepEqual(JSON.parse(shown.stdout), JSON.parse(await readFile(path(parsed), 'utf8')));
    if (keys === undefined) continue;
    await nvs('decrypt', ...keysOf(keys), '--output', it.path('plain.bin'), path(binary));
    const again = await nvs('parse', '--format', 'json', it.path('plain.bin'));
    assert.equal(again.stdout, shown.stdout);
  }
});

test('what may hold passwords is readable by its owner alone', async () => {
  await using it = await folderWith({});
  await nvs('build', '--size', '0x3000', '--output', it.path('nvs.bin'), path('wifi.csv'));
  await nvs(
    'decrypt',
    ...keysOf('encrypted-basic.keys.bin'),
    '--output',
    it.path('plain.bin'),
    path('encrypted-basic.bin'),
  );
  for (const name of ['nvs.bin', 'plain.bin']) assert.equal((await stat(it.path(name))).mode & 0o777, 0o600);
});

test('generated keys encrypt and decrypt, differ each time, and follow from an HMAC key', async () => {
  await using it = await folderWith({});
  const csv = ['--size', '0x3000', '--output', it.path('nvs'), path('plain-basic.csv')];
  for (const name of ['one', 'other']) await nvs('generate-keys', '--output', it.path(name));
  assert.equal((await stat(it.path('one'))).mode & 0o777, 0o600);
  assert.notDeepEqual(await it.read('one'), await it.read('other'));
  await nvs('build', '--keys', it.path('one'), ...csv);
  await nvs('decrypt', '--keys', it.path('one'), '--output', it.path('plain'), it.path('nvs'));
  assert.deepEqual(await it.read('plain'), await readFile(path('plain-basic.bin')));
  const hmacKey = path('sample_hmac_key.bin');
  await nvs('generate-keys', '--hmac-key', hmacKey, '--output', it.path('derived'));
  assert.deepEqual(await it.read('derived'), await readFile(path('sample_encryption_keys_hmac.bin')));
  await nvs('build', '--keys', hmacKey, ...csv);
  assert.equal((await nvs('parse', '--keys', it.path('derived'), it.path('nvs'))).exitCode, 0);
  const refused = await nvs('generate-keys', '--hmac-key', path('small.csv'), '--output', it.path('x'));
  assert.match(refused.stderr, /\[NVS_HMAC_KEY_LENGTH\]/);
});

test('integers of 64 bits are told to the last digit', async () => {
  const { stdout } = await nvs('parse', '--format', 'json', path('edges.bin'));
  assert.match(stdout, /"data": 18446744073709551615,/);
  assert.match(stdout, /"data": -9223372036854775808,/);
});

test('nvs parse shows values, then what was deleted, then what is damaged', async () => {
  const bytes = await readFile(path('plain-basic.bin'));
  // The entries: namespace, u8, i8, u16, …; u8 is deleted, the CRC of i8 is wrong.
  bytes[32] = 0b10_10_00_10;
  bytes[64 + 2 * 32 + 4] = 0;
  await using it = await folderWith({ changed: bytes });
  const { exitCode, stdout } = await nvs('parse', it.path('changed'));
  assert.equal(exitCode, 0);
  assert.match(stdout, /^cfg:u16 \(uint16_t\) = 32768$/m);
  assert.match(stdout, /^cfg:hex \(blob, 6 bytes\) = 010203abcdef$/m);
  assert.match(stdout, /^Deleted, but still readable:\n {2}0x60 {2}cfg:u8 \(uint8_t\) = 127$/m);
  assert.match(stdout, /^Damaged:\n {2}The entry at offset 0x80 is damaged/m);
  const json = JSON.parse((await nvs('parse', '--json', it.path('changed'))).stdout) as {
    key?: string;
    state: string;
  }[];
  assert.equal(json.find(({ key }) => key === 'u8')?.state, 'Erased');
  assert.equal(json.at(-1)?.state, 'Damaged');
});

test('a key that a sketch stored in its EEPROM is shown as the text that it is', async () => {
  const { stdout } = await nvs('parse', path('arduino-eeprom-privkey.bin'));
  assert.match(stdout, /^eeprom:eeprom \(blob, 512 bytes\) = -----BEGIN EC PRIVATE KEY-----\\x0a/m);
});

test('files that a CSV names are read, and none of them is overwritten', async () => {
  await using it = await folderWith({ value: 'from a file' });
  await using csv = await folderWith({
    csv: `key,type,encoding,value\na,namespace,,\nf,file,string,${it.path('value')}\n`,
  });
  const build = (output: string) => nvs('build', '--size', '0x3000', '--output', output, csv.path('csv'));
  assert.equal((await build(csv.path('nvs'))).exitCode, 0);
  assert.match((await nvs('parse', csv.path('nvs'))).stdout, /^a:f \(string\) = from a file$/m);
  const refused = await build(it.path('value'));
  assert.match(refused.stderr, /\[OUTPUT_IS_INPUT\]/);
});

test('missing and wrong keys, files that are none, and wrong sizes are told', async () => {
  await using it = await folderWith({ hmac: new Uint8Array(32) });
  const out = ['--output', it.path('out')];
  for (const [words, code, expected] of [
    [['parse', path('encrypted-basic.bin')], 'NVS_ENCRYPTED', 1],
    [['parse', '--keys', path('encryption_keys.bin'), path('encrypted-basic.bin')], 'NVS_KEYS_WRONG', 1],
    [['parse', '--keys', it.path('hmac'), path('encrypted-basic.bin')], 'NVS_KEYS_WRONG', 1],
    [['parse', '--keys', path('plain-basic.bin'), path('encrypted-basic.bin')], 'NVS_KEYS_CRC', 1],
    [['parse', path('plain-basic.csv')], 'NVS_LENGTH', 1],
    [['decrypt', '--keys', path('encryption_keys.bin'), ...out, path('plain-basic.bin')], 'NVS_KEYS_WRONG', 1],
    [['build', '--size', '0x3001', ...out, path('plain-basic.csv')], 'NVS_SIZE', 1],
    [['build', '--size', '12K', ...out, path('plain-basic.csv')], 'ARGUMENT_WRONG', 2],
    [['build', '--size', '0x3000', ...out, path('plain-basic.bin')], 'CSV_TEXT', 1],
    [['decrypt', ...out, path('encrypted-basic.bin')], 'USAGE', 2],
  ] as const) {
    const { exitCode, stdout, stderr } = await nvs(...words);
    assert.deepEqual([exitCode, stdout], [expected, ''], code);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
    await assert.rejects(it.read('out'));
  }
});
