import { utf8Encode } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chip } from '../../chips/chip.ts';
import { CHIPS } from '../../chips/chips.ts';
import { buildImage } from '../../image/buildImage.ts';
import { WP_PIN_UNSET } from '../../image/imageHeader.ts';
import { buildPartitionTable } from '../../partitionTable/buildPartitionTable.ts';
import { parsePartitionCsv } from '../../partitionTable/parsePartitionCsv.ts';
import { addData } from './addData.ts';
import { checkFirmware } from './checkFirmware.ts';
import type { BuildFolder, Firmware } from './firmware.ts';
import { splitMergedImage } from './mergedImage.ts';
import { placeFirmware } from './placeFirmware.ts';
import { resolveFirmware } from './resolveFirmware.ts';

const TABLE_OFFSET = 0x8000;
const CSV = `# Name, Type, SubType, Offset, Size, Flags
nvs,      data, nvs,  0x9000,  0x5000,
otadata,  data, ota,  0xe000,  0x2000,
app0,     app,  ota_0, 0x10000, 0x20000,
app1,     app,  ota_1, 0x30000, 0x20000,
files,    data, spiffs, 0x50000, 0x4000,
`;
const table = buildPartitionTable(
  parsePartitionCsv(utf8Encode(CSV), { tableOffset: TABLE_OFFSET, variables: {} }),
  true,
);
const NOBODY = new Uint8Array(0x2000).fill(0xff);

/** A program of one segment. */
function image({ imageChipId: chipId }: Chip, bytes = 64): Promise<Uint8Array<ArrayBuffer>> {
  const header = {
    spiMode: 2,
    spiSpeed: 0,
    flashSize: 2,
    entryPoint: 0x40080000,
    wpPin: WP_PIN_UNSET,
    pinDrives: [0, 0, 0, 0, 0, 0],
    chipId,
    legacyMinRevision: 0,
    minRevision: 0,
    maxRevision: 0xffff,
    reserved: new Uint8Array(4),
    hashAppended: true,
  };
  return buildImage({ header, segments: [{ loadAddress: 0x40080000, data: new Uint8Array(bytes).fill(bytes) }] });
}

const { esp32, esp32s3 } = CHIPS;
const [bootloader, app] = [await image(esp32s3, 32), await image(esp32s3)];

function folder(files: Readonly<Record<string, Uint8Array<ArrayBuffer> | string>>): BuildFolder {
  return {
    source: 'build',
    names: Object.keys(files).filter((name) => !name.includes('/')),
    async read(path) {
      const found = files[path] ?? assert.fail(`${path} was read`);
      return typeof found === 'string' ? utf8Encode(found) : found;
    },
  };
}

const PLATFORMIO = { 'firmware.bin': app, 'bootloader.bin': bootloader, 'partitions.bin': table, 'idedata.json': '{}' };
const ARDUINO = {
  'blink.ino.bin': app,
  'blink.ino.bootloader.bin': bootloader,
  'blink.ino.partitions.bin': table,
  'blink.ino.merged.bin': 'not read',
  'blink.ino.elf': 'not read',
};

/** Offset and bytes of each part. */
const placesOf = ({ parts }: Firmware) => parts.map(({ offset, bytes }) => [offset, bytes] as const);

const EXPECTED = [
  [0x0, bootloader],
  [0x8000, table],
  [0x10000, app],
  [0xe000, NOBODY],
] as const;

test('a build of PlatformIO goes where the chip looks for it, and no old choice of an app stays', async () => {
  const firmware = await resolveFirmware(folder(PLATFORMIO), TABLE_OFFSET);
  assert.equal(firmware.chip, 'esp32s3');
  assert.deepEqual(placesOf(firmware), EXPECTED);
});

test('a sketch of Arduino goes where the chip looks for it, with the otadata that its core has', async () => {
  assert.deepEqual(placesOf(await resolveFirmware(folder(ARDUINO), TABLE_OFFSET)), EXPECTED);
  const otadata = new Uint8Array(0x2000).fill(1);
  const firmware = await resolveFirmware(folder({ ...ARDUINO, 'boot_app0.bin': otadata }), TABLE_OFFSET);
  assert.deepEqual(placesOf(firmware)[3], [0xe000, otadata]);
});

test("PlatformIO's own files count, not those that its flasher_args.json of ESP-IDF names", async () => {
  const args = '{"flash_files":{"0x0":"bootloader/bootloader.bin"}}';
  const firmware = await resolveFirmware(folder({ ...PLATFORMIO, 'flasher_args.json': args }), TABLE_OFFSET);
  assert.equal(firmware.parts.length, 4);
});

test('a build of ESP-IDF is read as its flasher_args.json says', async () => {
  const args = {
    flash_files: { '0x20000': 'app.bin', '0x1000': 'bootloader/bootloader.bin' },
    extra_esptool_args: { chip: 'esp32' },
  };
  const files = { 'flasher_args.json': JSON.stringify(args), 'app.bin': app, 'bootloader/bootloader.bin': bootloader };
  const firmware = await resolveFirmware(folder(files), TABLE_OFFSET);
  assert.equal(firmware.chip, 'esp32');
  assert.deepEqual(placesOf(firmware), [
    [0x1000, bootloader],
    [0x20000, app],
  ]);
});

for (const missing of ['bootloader', 'partitions'] as const) {
  test(`of a build without its ${missing} the missing file is named`, async () => {
    for (const [build, file] of [
      [PLATFORMIO, `${missing}.bin`],
      [ARDUINO, `*.ino.${missing}.bin`],
    ] as const) {
      const files = Object.entries(build).filter(([name]) => !name.includes(missing));
      await assert.rejects(resolveFirmware(folder(Object.fromEntries(files)), TABLE_OFFSET), {
        code: 'FIRMWARE_FILE_MISSING',
        context: {
          source: 'build',
          maker: build === ARDUINO ? 'Arduino' : 'PlatformIO',
          what: missing === 'partitions' ? 'partition table' : missing,
          file,
        },
      });
    }
  });
}

test('a folder that is no build, and one of two sketches, are refused', async () => {
  await assert.rejects(resolveFirmware(folder({ 'notes.txt': '' }), TABLE_OFFSET), { code: 'FIRMWARE_NOT_FOUND' });
  const two = { ...ARDUINO, 'other.ino.bin': app };
  await assert.rejects(resolveFirmware(folder(two), TABLE_OFFSET), { code: 'FIRMWARE_FILES_MANY' });
});

const named = (name: string, bytes: Uint8Array<ArrayBuffer> | string) => ({
  name,
  bytes: typeof bytes === 'string' ? utf8Encode(bytes) : bytes,
});
const files = (partitions: Uint8Array<ArrayBuffer> | string) => ({
  bootloader: named('boot.bin', bootloader),
  app: named('app.bin', app),
  partitions: named('table', partitions),
});

test('a partition table is taken as CSV and as it is in flash, at the offset of the build', async () => {
  assert.deepEqual(placesOf(await placeFirmware(files(CSV), TABLE_OFFSET)), EXPECTED);
  const moved = 'nvs,data,nvs,,0x4000\nmain,app,factory,0x20000,1M\nold,app,ota_0,,1M\n';
  const { parts } = await placeFirmware(files(moved), 0x10000);
  assert.deepEqual(
    parts.map(({ name, offset }) => [name, offset]),
    [
      ['boot.bin', 0],
      ['table', 0x10000],
      ['app.bin', 0x20000],
    ],
  );
});

for (const [what, partitions, code] of [
  ['is text', 'hello', 'FIRMWARE_TABLE_DAMAGED'],
  ['has overlaps', `${CSV}more,data,nvs,0x50000,0x4000\n`, 'FIRMWARE_TABLE_DAMAGED'],
  ['has no app', 'nvs,data,nvs,0x9000,0x4000\n', 'FIRMWARE_NO_APP_PARTITION'],
] as const) {
  test(`a partition table that ${what} is refused`, async () => {
    await assert.rejects(placeFirmware(files(partitions), TABLE_OFFSET), { code });
  });
}

test('a damaged image and images of two chips are refused by their names', async () => {
  const spoilt = Uint8Array.from(app, (byte, at) => (at === 40 ? byte ^ 1 : byte));
  const placed = (bytes: Uint8Array<ArrayBuffer>) =>
    placeFirmware({ ...files(CSV), app: named('app.bin', bytes) }, TABLE_OFFSET);
  await assert.rejects(placed(spoilt), { code: 'FIRMWARE_IMAGE_DAMAGED', message: /^app\.bin .*checksum/ });
  await assert.rejects(placed(app.slice(0, 50)), { code: 'FIRMWARE_IMAGE_DAMAGED' });
  await assert.rejects(placed(await image(esp32)), {
    code: 'FIRMWARE_CHIPS_DIFFER',
    message: /boot\.bin is for ESP32-S3, but app\.bin is for ESP32:/,
  });
});

test('what does not fit its place, or is for another chip than told, is refused before a board is touched', async () => {
  const firmware = await placeFirmware(files(CSV), TABLE_OFFSET);
  assert.deepEqual(await checkFirmware(firmware, 'build'), firmware);
  const large = await placeFirmware(
    { ...files(CSV), app: named('app.bin', await image(esp32s3, 0x20000)) },
    TABLE_OFFSET,
  );
  await assert.rejects(checkFirmware(large, 'build'), {
    code: 'FIRMWARE_TOO_LARGE',
    message: /^app\.bin has \d+ bytes and does not fit the partition app0, which has 131072\./,
  });
  const wide = await placeFirmware(
    { ...files(CSV), bootloader: named('boot.bin', await image(esp32s3, 0x8000)) },
    TABLE_OFFSET,
  );
  await assert.rejects(checkFirmware(wide, 'build'), { code: 'FIRMWARE_TOO_LARGE', message: /before the partition/ });
  await assert.rejects(checkFirmware({ ...firmware, chip: 'esp32c61' }, 'build'), { code: 'FIRMWARE_CHIPS_DIFFER' });
  const parts = firmware.parts.filter(({ name }) => name !== 'app.bin');
  await assert.rejects(checkFirmware({ ...firmware, parts }, 'build'), { code: 'FIRMWARE_NO_APP' });
});

test('data go into the partition of their label, in the place of what the build has for it', async () => {
  const firmware = await placeFirmware(files(CSV), TABLE_OFFSET);
  const chosen = named('choice.bin', new Uint8Array(0x2000));
  const added = addData(firmware, { files: named('web.bin', 'web'), otadata: chosen });
  assert.deepEqual(
    added.parts.map(({ name, offset }) => [name, offset]),
    [
      ['boot.bin', 0],
      ['table', 0x8000],
      ['choice.bin', 0xe000],
      ['app.bin', 0x10000],
      ['web.bin', 0x50000],
    ],
  );
  assert.throws(() => addData(firmware, { web: named('web.bin', 'web') }), {
    code: 'FIRMWARE_PARTITION_UNKNOWN',
    message: /nvs, otadata, app0, app1, files/,
  });
});

/** The whole flash as `esptool merge-bin` writes it. */
function merged(parts: readonly (readonly [number, Uint8Array])[], bytes = 0x52000): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bytes).fill(0xff);
  for (const [offset, content] of parts) all.set(content, offset);
  return all;
}

test('a merged image is taken apart by its own table, and what is erased in it is not written', async () => {
  const data = utf8Encode('sixteen bytes of');
  const whole = merged([...EXPECTED, [0x51000, data]]);
  const firmware = await splitMergedImage(named('all.bin', whole));
  assert.equal(firmware.chip, 'esp32s3');
  assert.deepEqual(
    firmware.parts.map(({ name, offset, bytes }) => [name, offset, bytes.length]),
    [
      ['bootloader of all.bin', 0, bootloader.length],
      ['partition table of all.bin', 0x8000, 0x1000],
      ['otadata of all.bin', 0xe000, 0x2000],
      ['app0 of all.bin', 0x10000, app.length],
      ['files of all.bin', 0x50000, 0x1010],
    ],
  );
  assert.deepEqual(merged(placesOf(firmware)), whole);
  assert.deepEqual(await checkFirmware(firmware, 'all.bin'), firmware);
});

test('the bootloader of an ESP32 is found at its offset, and the table at that of the build', async () => {
  const [first, program] = [await image(esp32, 32), await image(esp32)];
  const whole = merged([
    [0x1000, first],
    [0x8000, table],
    [0x10000, program],
  ]);
  assert.equal((await splitMergedImage(named('all.bin', whole))).chip, 'esp32');
});

for (const [what, whole, code] of [
  ['without a bootloader', merged([[0x8000, table]]), 'FIRMWARE_MERGED_NO_BOOTLOADER'],
  ['that is one app alone', app, 'FIRMWARE_MERGED_NO_TABLE'],
  [
    'with something outside of its partitions',
    merged([...EXPECTED, [0x54000, app]], 0x60000),
    'FIRMWARE_MERGED_OUTSIDE',
  ],
] as const) {
  test(`a merged image ${what} is refused`, async () => {
    await assert.rejects(splitMergedImage(named('all.bin', whole)), { code });
  });
}
