import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildVirtualApp } from '../app/buildVirtualApp.ts';
import { BootRig, partition, PARTITIONS } from '../bootRig.testing.ts';

const APP = 0x10000;

interface BadImage {
  readonly what: string;
  /** Changes in the app image, by offset. */
  readonly bytes: readonly (readonly [offset: number, value: number])[];
  readonly says: string;
}

const BAD_APPS: readonly BadImage[] = [
  {
    what: 'another magic',
    bytes: [[0, 0xea]],
    says: 'E esp_image: image at 0x10000 has invalid magic byte (nothing flashed here?)',
  },
  { what: 'another chip', bytes: [[12, 5]], says: 'E boot_comm: mismatch chip ID, expected 0, found 5' },
  {
    what: 'a revision that the chip is too old for',
    bytes: [
      [15, 0x2d],
      [16, 0x01],
    ],
    says: 'E boot_comm: Image requires chip rev >= v3.1, but chip is v3.0',
  },
  { what: '17 segments', bytes: [[1, 17]], says: 'E esp_image: image at 0x10000 segment count 17 exceeds max 16' },
  { what: 'a segment of an odd length', bytes: [[28, 3]], says: 'E esp_image: invalid segment length 0x103' },
  { what: 'a segment of 16 MB', bytes: [[31, 1]], says: 'E esp_image: invalid segment length 0x1000144' },
  {
    what: 'a segment that cannot be mapped',
    bytes: [[24, 0x24]],
    says: "E esp_image: Segment 0 load address 0x3f400024, doesn't match data 0x00010020",
  },
  {
    what: 'a segment that ends behind the partition',
    bytes: [[30, 0x02]],
    says: 'E esp_image: bootloader_mmap(0x10020, 0x20144) failed',
  },
  { what: 'a flipped bit', bytes: [[300, 0x55]], says: 'E esp_image: Checksum failed.' },
];

for (const { what, bytes, says } of BAD_APPS) {
  test(`an app with ${what} does not boot, and the bootloader says why`, async () => {
    const rig = await BootRig.flashed();
    for (const [offset, value] of bytes) rig.put(APP + offset, Uint8Array.of(value));
    await rig.bootUntil('No bootable app partitions in the partition table');
    assert.ok(
      rig.lines.some((line) => line.startsWith(says)),
      rig.lines.join('\n'),
    );
    assert.equal(rig.started.length, 0);
  });
}

test('an app whose hash is wrong does not boot', async () => {
  const rig = await BootRig.flashed();
  const end = (await rig.app('1.0.0')).length;
  rig.put(APP + end - 1, Uint8Array.of((rig.cells[APP + end - 1] ?? 0) ^ 1));
  await rig.bootUntil('No bootable app partitions');
  assert.ok(rig.lines.includes('E esp_image: Image hash failed - image is corrupt'));
});

test('a bootloader with a flipped bit is not started', async () => {
  const rig = await BootRig.flashed();
  rig.put(0x1000 + 0x40, Uint8Array.of(0xa5));
  await rig.bootUntil('rst:0x10 (RTCWDT_RTC_RESET)');
  assert.match(rig.printed, /csum err:0x[0-9a-f]+!=0x[0-9a-f]+\r\nets_main.c 384/);
});

const BAD_TABLES = [
  { what: 'no entry', at: 0, value: 0xff, says: 'partition 0 invalid magic number 0xffff' },
  { what: 'an entry that begins otherwise', at: 0x20, value: 0x12, says: 'partition 1 invalid magic number 0x5012' },
  { what: 'a size that is not what was hashed', at: 0x08, value: 0x01, says: 'Incorrect MD5 checksum' },
] as const;

for (const { what, at, value, says } of BAD_TABLES) {
  test(`a partition table with ${what} stops the boot`, async () => {
    const rig = await BootRig.flashed();
    if (what === 'no entry') rig.cells.fill(0xff, 0x8000, 0x9000);
    else rig.put(0x8000 + at, Uint8Array.of(value));
    await rig.bootUntil('load partition table error!');
    assert.ok(rig.lines.includes(`E flash_parts: ${says}`), rig.lines.join('\n'));
    assert.ok(rig.lines.includes('E boot: Failed to verify partition table'));
  });
}

test('a partition behind the end of flash stops the boot', async () => {
  const partitions = [...PARTITIONS, partition('storage', 1, 0x81, 0x40000, 0x1000)];
  const rig = await BootRig.flashed({ partitions });
  await rig.bootUntil('load partition table error!');
  const says = 'partition 6 invalid - offset 0x40000 size 0x1000 exceeds flash chip size 0x40000';
  assert.ok(rig.lines.includes(`E flash_parts: ${says}`));
});

test('an app whose program is not known here says so, and stays where it is', async () => {
  const rig = await BootRig.flashed({ firmwares: {} });
  await rig.bootUntil('The image names the program "blink", which is not known here.');
});

test('a program by the name of a member of all objects is not known either', async () => {
  const rig = await BootRig.flashed({ firmwares: {} });
  rig.put(APP, await buildVirtualApp({ chip: rig.chip, firmware: 'constructor', version: '1' }));
  await rig.bootUntil('The image names the program "constructor", which is not known here.');
});

test('the ROM looks for a bootloader eight times before its watchdog comes', async () => {
  const rig = new BootRig();
  await rig.bootUntil('rst:0x10 (RTCWDT_RTC_RESET)');
  const [untilReset = ''] = rig.printed.split('rst:0x10');
  assert.equal(untilReset.split('invalid header: 0xffffffff').length - 1, 8);
});
