import { IMAGES, imageInfoVector, imageVector } from '@mkiot/esp32/image/image.vectors';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../cli.testing.ts';
import { folderWith } from './filesFolder.testing.ts';

const path = (name: string): string => fileURLToPath(imageVector(name));
const read = async (file: URL): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(file));
const image = (...words: readonly string[]) => runCli(['esp32', 'image', ...words]);

test('image info says what esptool image-info says', async () => {
  for (const name of IMAGES) {
    const expected = await imageInfoVector(name, read);
    const size = (await readFile(imageVector(`${name}.bin`))).length;
    const { exitCode, stdout } = await image('info', path(`${name}.bin`));
    assert.deepEqual([exitCode, stdout], [0, `Image size: ${size} bytes\n\n${expected}\n`], name);
  }
});

test('image info tells the same to programs', async () => {
  const { stdout } = await image('info', '--format', 'json', path('app-esp32.bin'));
  const info = JSON.parse(stdout) as {
    chip: string;
    segments: { memoryTypes: string[] }[];
    app: { secureVersion: number; idfVersion: string };
    hash: { stored: string; computed: string };
  };
  assert.equal(info.chip, 'esp32');
  assert.deepEqual(info.segments[0]?.memoryTypes, ['DROM']);
  assert.deepEqual([info.app.secureVersion, info.app.idfVersion], [2, 'v4.4.8']);
  assert.equal(info.hash.stored, info.hash.computed);
});

test('image verify takes what esptool has made, and tells a wrong chip and every damage', async () => {
  for (const name of IMAGES) assert.equal((await image('verify', path(`${name}.bin`))).exitCode, 0, name);
  const other = await image('verify', '--chip', 'esp32', path('app-esp32s3-minrev.bin'));
  assert.equal(other.exitCode, 1);
  assert.match(other.stdout, /for ESP32-S3, not for ESP32\. \[IMAGE_CHIP_OTHER\]/);
  const bytes = await readFile(imageVector('boot-esp32.bin'));
  await using it = await folderWith({ changed: bytes.fill(0x5a, 0x100, 0x101) });
  const damaged = await image('verify', '--format', 'json', it.path('changed'));
  assert.equal(damaged.exitCode, 1);
  const { valid, problems } = JSON.parse(damaged.stdout) as { valid: boolean; problems: { code: string }[] };
  assert.deepEqual([valid, problems.map(({ code }) => code)], [false, ['IMAGE_CHECKSUM', 'IMAGE_HASH']]);
});

test('a file that is no image, and a chip that is none, are told', async () => {
  for (const [words, code, expected] of [
    [['info', path('README.txt')], 'FILE_NOT_READ', 1],
    [['info', path('app-esp32.image-info.txt')], 'IMAGE_MAGIC', 1],
    [['verify', path('app-esp32.image-info.txt')], 'IMAGE_MAGIC', 1],
    [['verify', '--chip', 'esp8266', path('app-esp32.bin')], 'ARGUMENT_WRONG', 2],
  ] as const) {
    const { exitCode, stdout, stderr } = await image(...words);
    assert.deepEqual([exitCode, stdout], [expected, ''], code);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
  }
});
