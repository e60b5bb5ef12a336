import { utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { buildOtadata, OTA_STATES } from '../otadata/otadata.ts';
import { buildPartitionTable } from '../partitionTable/buildPartitionTable.ts';
import { recogniseContent } from './recogniseContent.ts';

const vector = (name: string): Promise<Uint8Array> => readFile(new URL(`vectors/${name}`, import.meta.url));

test('what Espressif and others have made is recognised', async () => {
  for (const [name, kind] of [
    ['app-esp32.bin', 'app-image'],
    ['app-esp32s3-minrev.bin', 'app-image'],
    ['boot-esp32.bin', 'image'],
    ['nvs-plain-basic.bin', 'nvs'],
    ['nvs-plain-v1-format.bin', 'nvs'],
    ['nvs-encrypted-basic.bin', 'nvs'],
    ['spiffs.bin', 'spiffs'],
    ['fat.bin', 'fat'],
  ] as const) {
    assert.equal(recogniseContent(await vector(name)), kind, name);
  }
});

test('the description at the start of an image tells app from bootloader', async () => {
  const image = Uint8Array.from(await vector('app-esp32.bin'));
  image.set([0x32, 0x54, 0xcd, 0xab], 0x20);
  assert.equal(recogniseContent(image), 'app-image');
  image.set([0x50, 0, 0, 0], 0x20);
  assert.equal(recogniseContent(image), 'bootloader-image');
});

test('an NVS partition is recognised by any page, and FAT behind a sector of wear levelling', async () => {
  const nvs = new Uint8Array(0x4000).fill(0xff);
  nvs.set(await vector('nvs-plain-basic.bin'), 0x2000);
  assert.equal(recogniseContent(nvs), 'nvs');
  const fat = new Uint8Array(0x4000).fill(0xff);
  fat.set(await vector('fat.bin'), 0x1000);
  assert.equal(recogniseContent(fat), 'fat');
});

test('LittleFS is recognised by either of its superblocks', () => {
  for (const block of [0, 1]) {
    const bytes = new Uint8Array(0x4000).fill(0xff);
    // Revision 1, a tag, and the name of the superblock.
    bytes.set([1, 0, 0, 0, 0xf0, 0x0f, 0xff, 0xf7, ...utf8Encode('littlefs')], block * 0x1000);
    assert.equal(recogniseContent(bytes), 'littlefs');
  }
});

test('core dumps are recognised with the headers of all versions', () => {
  for (const header of [12, 20, 24]) {
    const bytes = new Uint8Array(0x1000);
    new DataView(bytes.buffer).setUint32(0, 0x800, true);
    bytes.set([0x7f, 0x45, 0x4c, 0x46], header);
    assert.equal(recogniseContent(bytes), 'core-dump');
    assert.equal(recogniseContent(bytes.subarray(0, 0x700)), undefined, 'longer than what was read');
  }
});

test('partition tables, OTA data and erased flash are recognised', () => {
  const partition = { name: 'a', type: 0, subtype: 0, offset: 0x10000, size: 0x10000 };
  const flags = { encrypted: false, readonly: false, unknownFlags: 0 };
  assert.equal(recogniseContent(buildPartitionTable([{ ...partition, ...flags }], true)), 'partition-table');
  const entry = { sequence: 2, label: new Uint8Array(20).fill(0xff), state: OTA_STATES.VALID };
  assert.equal(recogniseContent(buildOtadata(['erased', entry])), 'otadata');
  assert.equal(recogniseContent(new Uint8Array(0x2000).fill(0xff)), 'erased');
});

test('what has no marks is not recognised: nothing, zeros, text, a page of NVS with a wrong CRC', async () => {
  assert.equal(recogniseContent(new Uint8Array(0)), undefined);
  assert.equal(recogniseContent(new Uint8Array(0x4000)), undefined);
  assert.equal(recogniseContent(utf8Encode('-----BEGIN CERTIFICATE-----\n'.repeat(200))), undefined);
  const nvs = Uint8Array.from(await vector('nvs-plain-basic.bin'));
  nvs[5] = (nvs[5] ?? 0) ^ 1;
  assert.equal(recogniseContent(nvs), undefined);
  const spiffs = Uint8Array.from(await vector('spiffs.bin'));
  spiffs[0x10fc] = 0;
  assert.equal(recogniseContent(spiffs), undefined);
});

test('any bytes are looked at without a crash, and noise is hardly ever taken for something', () => {
  let recognised = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 0x2100 }), (bytes) => {
      if (recogniseContent(bytes) !== undefined && bytes.some((byte) => byte !== 0xff)) recognised++;
    }),
  );
  assert.ok(recognised <= 1, `${recognised} of 100`);
});
