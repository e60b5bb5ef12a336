import { utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { CHIPS } from '../../chips/chips.ts';
import { esp32FlashCipher } from '../../flashEncryption/esp32FlashCipher.ts';
import { PARTITION_TYPES } from '../../partitionTable/partition.ts';
import type { ReadVector } from '../../vectors.testing.ts';
import { flashWith, keyOfDevice, partition, wholeDevice } from './flashDump.testing.ts';
import { readFlashDump } from './readFlashDump.ts';

const { app, data } = PARTITION_TYPES;
const read: ReadVector = async (file) => new Uint8Array(await readFile(file));

test('an open device shows its partitions, and nothing in it is called encrypted', async () => {
  const dump = readFlashDump(await wholeDevice(read, 'open-arduino-board'));
  assert.equal(dump.partitionTable?.offset, 0x8000);
  assert.deepEqual(
    dump.regions.map(({ name, offset, content }) => [name, offset, content]),
    [
      ['unassigned', 0, 'erased'],
      ['bootloader', 0x1000, 'plain'],
      ['partition table', 0x8000, 'plain'],
      ['nvs', 0x9000, 'plain'],
      ['otadata', 0xe000, 'plain'],
      ['app0', 0x10000, 'plain'],
      ['app1', 0x150000, 'erased'],
      ['eeprom', 0x290000, 'plain'],
      ['spiffs', 0x291000, 'erased'],
    ],
  );
  assert.ok(!dump.sectors.includes('encrypted'));
});

test('with an encrypted partition table the regions are named after the known layout that fits', async () => {
  const dump = readFlashDump(await wholeDevice(read, 'flash-encrypted-keys-in-clear'));
  assert.equal(dump.partitionTable, undefined);
  assert.equal(dump.assumedLayout, 'Arduino "default", before 1.0.3');
  const content = Object.fromEntries(dump.regions.map(({ name, content }) => [name, content]));
  const encrypted = {
    bootloader: 'encrypted',
    'partition table': 'encrypted',
    otadata: 'encrypted',
    app0: 'encrypted',
  };
  const clear = { nvs: 'plain', eeprom: 'plain' };
  assert.deepEqual(content, { unassigned: 'erased', ...encrypted, ...clear, app1: 'erased', spiffs: 'erased' });
  assert.ok(dump.regions.every(({ isDecrypted }) => !isDecrypted));
});

test('the flash encryption key opens the table and what is encrypted, and nothing else', async () => {
  const bytes = await wholeDevice(read, 'flash-encrypted-keys-in-clear');
  const cipher = esp32FlashCipher(await keyOfDevice(read));
  const dump = readFlashDump(bytes, { chip: CHIPS.esp32, cipher });
  assert.equal(dump.partitionTable?.table.partitions.length, 6);
  assert.equal(dump.keyFits, true);
  const opened = dump.regions.filter(({ isDecrypted }) => isDecrypted);
  assert.deepEqual(
    opened.map(({ name, readable }) => [name, readable[0]]),
    [
      ['bootloader', 0xe9],
      ['partition table', 0xaa],
      ['otadata', 1],
      ['app0', 0xe9],
    ],
  );
});

test("another device's key opens nothing, and says so", async () => {
  const bytes = await wholeDevice(read, 'flash-encrypted-keys-in-clear');
  const dump = readFlashDump(bytes, { cipher: esp32FlashCipher(new Uint8Array(32)) });
  assert.equal(dump.keyFits, false);
  assert.equal(dump.partitionTable, undefined);
  for (const { readable, offset, isDecrypted } of dump.regions) {
    assert.equal(isDecrypted, false);
    assert.deepEqual(readable.subarray(0, 16), bytes.subarray(offset, offset + 16));
  }
});

test('a partition table beside the dump names what the one in it hides', async () => {
  const partitions = [partition('mine', data, 0x99, 0x290000, 0x1000)];
  const dump = readFlashDump(await wholeDevice(read, 'flash-encrypted-keys-in-clear'), { partitions });
  assert.equal(dump.assumedLayout, undefined);
  assert.equal(dump.regions.find(({ name }) => name === 'mine')?.content, 'plain');
});

test('compressed data in a file system in clear is not ciphertext, in raw flash it is not told apart', async () => {
  const fat = await readFile(new URL('../../content/vectors/fat.bin', import.meta.url));
  const squeezed = deflateSync(
    Uint8Array.from({ length: 0x8000 }, (_, at) => (at % 251) ^ (at >> 7)),
    { level: 9 },
  );
  const partitions = [
    partition('storage', data, 0x81, 0x10000, 0x20000),
    partition('raw', data, 0x40, 0x30000, 0x10000),
  ];
  const noise = randomBytes(0x1000);
  const dump = readFlashDump(
    flashWith(partitions, [0x10000, fat], [0x12000, squeezed], [0x14000, noise], [0x30000, noise]),
  );
  const [storage, raw] = ['storage', 'raw'].map((wanted) => dump.regions.find(({ name }) => name === wanted));
  assert.equal(storage?.content, 'plain');
  assert.equal(raw?.content, 'encrypted');
});

test('a few bytes of noise are ciphertext only where the bootloader encrypts', () => {
  const partitions = [partition('eeprom', data, 0x99, 0x10000, 0x1000), partition('otadata', data, 0, 0x11000, 0x2000)];
  const dump = readFlashDump(flashWith(partitions, [0x10000, randomBytes(64)], [0x11000, randomBytes(32)]));
  const [eeprom, otadata] = ['eeprom', 'otadata'].map((wanted) => dump.regions.find(({ name }) => name === wanted));
  assert.equal(eeprom?.content, 'plain');
  assert.equal(otadata?.content, 'encrypted');
});

test('short texts in erased flash are seen, however little is written', () => {
  const partitions = [partition('a', data, 0x40, 0x10000, 0x1000), partition('b', data, 0, 0x11000, 0x2000)];
  const text = utf8Encode('password=hunter2');
  const dump = readFlashDump(flashWith(partitions, [0x10ff0, text], [0x11000, text]));
  assert.deepEqual(
    dump.regions.filter(({ partition }) => partition !== undefined).map(({ content }) => content),
    ['plain', 'plain'],
  );
});

test('an app whose encrypted image is shorter than what was there before is mixed', () => {
  const partitions = [partition('app', app, 0, 0x10000, 0x10000)];
  const old = utf8Encode('old firmware said this '.repeat(300));
  const dump = readFlashDump(flashWith(partitions, [0x10000, randomBytes(0x3000)], [0x13000, old]));
  assert.equal(dump.regions.find(({ name }) => name === 'app')?.content, 'mixed');
});

test('any bytes are a dump: regions cover it without gap or overlap, and every sector is named', () => {
  const place = fc.nat(0x50).map((sector) => sector * 0x800);
  const anyPartition = fc.record({ offset: place, size: place, type: fc.nat(4), subtype: fc.nat(4) });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 0x9000 }), fc.array(anyPartition), (content, places) => {
      const partitions = places.map(({ type, subtype, offset, size }) => partition('p', type, subtype, offset, size));
      const { regions, sectors } = readFlashDump(new Uint8Array(content), { partitions });
      let end = 0;
      for (const { offset, size, readable } of regions) {
        assert.equal(offset, end);
        assert.ok(size > 0 && readable.length === size);
        end += size;
      }
      assert.equal(end, content.length);
      assert.equal(sectors.length, Math.ceil(content.length / 0x1000));
    }),
  );
});

test('noise has no plain sector and no partition; nothing at all is refused', () => {
  const dump = readFlashDump(new Uint8Array(randomBytes(0x100000)));
  assert.ok(dump.sectors.every((kind) => kind === 'encrypted'));
  assert.deepEqual(
    dump.regions.map(({ name }) => name),
    ['unassigned'],
  );
  assert.throws(() => readFlashDump(new Uint8Array()), { code: 'FLASH_DUMP_EMPTY' });
});
