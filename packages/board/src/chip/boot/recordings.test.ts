import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ESP32 } from '@mkiot/esp32/chips/esp32';
import { buildAppDescription } from '@mkiot/esp32/image/appDescription';
import { buildImage } from '@mkiot/esp32/image/buildImage';
import type { ImageSegment } from '@mkiot/esp32/image/image';
import { buildPartitionTable } from '@mkiot/esp32/partitionTable/buildPartitionTable';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { bannerLines } from './romText.ts';
import { BootRig, partition, REVISION_3 } from '../bootRig.testing.ts';
import { withoutColours } from '../consoleText.ts';
import type { BootloaderOptions } from './bootloaderOptions.ts';
import { FlashCache } from './flashCache.ts';
import { buildVirtualTag } from './virtualTag.ts';

/** Where a line of ours and the recorded one differ, or one of them is missing, and why. */
interface Difference {
  /** As docs/virtual-board.md says it. */
  readonly what: string;
  readonly recorded: RegExp;
  readonly ours: RegExp;
  readonly why: string;
  /** Here a real app has begun to print: what follows is its own. */
  readonly isEnd?: boolean;
}

interface Recording {
  readonly file: string;
  readonly options: Partial<BootloaderOptions>;
  readonly bootloader: readonly (readonly [loadAddress: number, bytes: number])[];
  readonly entryPoint: number;
  readonly flashSize: number;
  readonly partitions: readonly Partition[];
  /** Undefined: flash holds no app. */
  readonly app?: {
    readonly at: number;
    readonly segments: readonly (readonly [loadAddress: number, bytes: number])[];
    /** What the first segment begins with. */
    readonly start?: Uint8Array<ArrayBuffer>;
    /** A bit is flipped after the image was built. */
    readonly isDamaged?: boolean;
  };
  readonly flash?: 'encrypted' | 'encrypted but for the app';
  readonly differences: readonly Difference[];
}

const ENTRY_OF_APP: Difference = {
  what: 'where the app begins to print',
  recorded: /./,
  ours: /^W virtual_chip: The app has come to its entry point/,
  why: 'the app is machine code, which this chip does not run, and it says so',
  isEnd: true,
};

const V5: Pick<Recording, 'entryPoint' | 'flashSize' | 'partitions'> = {
  entryPoint: 0x40080648,
  flashSize: 2,
  partitions: [
    partition('nvs', 1, 2, 0xd000, 0x3000),
    partition('storage', 1, 0xff, 0x10000, 0x1000, true),
    partition('factory', 0, 0, 0x20000, 0x40000),
  ],
};
const V5_PLAIN = [
  [0x3fff0030, 7108],
  [0x40078000, 15620],
  [0x40080400, 3876],
] as const;
const V5_APP = [
  [0x3f400020, 196],
  [0x3ffb0000, 4],
  [0x40081800, 236],
  [0, 65068],
  [0x400d0020, 12],
] as const;
const V5_OPTIONS = { idfVersion: 'HEAD-HASH-NOTFOUND', partitionTableOffset: 0xc000 };

const V4: Pick<Recording, 'bootloader' | 'entryPoint' | 'flashSize' | 'partitions'> = {
  bootloader: [
    [0x3fff0030, 8840],
    [0x40078000, 15276],
    [0x40080400, 4568],
  ],
  entryPoint: 0x400806f4,
  flashSize: 1,
  partitions: [
    partition('nvs', 1, 2, 0xa000, 0x6000),
    partition('storage', 1, 0xff, 0x10000, 0x1000, true),
    partition('factory', 0, 0, 0x20000, 0x100000),
  ],
};
const V4_OPTIONS = { idfVersion: 'v4.2.2', compileTime: '10:05:02', partitionTableOffset: 0x9000 };
const V4_ENCRYPTED = { ...V4_OPTIONS, flashEncryption: 'development' } as const;

const V4_DESCRIPTION = buildAppDescription({
  secureVersion: 0,
  version: '1',
  projectName: 'flash_encryption',
  time: '10:04:44',
  date: 'Dec 11 2021',
  idfVersion: 'v4.2.2',
  elfSha256: Uint8Array.from({ length: 32 }, (_, at) =>
    Number(`0x${'080d4bd5da154e50'.slice(at * 2, at * 2 + 2) || '0'}`),
  ),
  minEfuseBlockRevision: 0,
  maxEfuseBlockRevision: 0,
  mmuPageSize: 0,
  reserved: [new Uint8Array(8), new Uint8Array(3), new Uint8Array(72)],
});

/** What the checksum of an image without a byte would be. */
const CHECKSUM_START = 0xef;

const RECORDINGS: readonly Recording[] = [
  {
    file: 'own-v5.1.4-plain-first-boot.txt',
    ...V5,
    options: { ...V5_OPTIONS, compileTime: 'Nov 22 2026 16:40:50' },
    bootloader: V5_PLAIN,
    app: { at: 0x20000, segments: V5_APP },
    differences: [ENTRY_OF_APP],
  },
  {
    file: 'own-v5.1.4-plain-corrupt-app.txt',
    ...V5,
    options: { ...V5_OPTIONS, compileTime: 'Nov 22 2026 16:40:50' },
    bootloader: V5_PLAIN,
    app: { at: 0x20000, segments: V5_APP, start: Uint8Array.of(CHECKSUM_START ^ 0x44), isDamaged: true },
    differences: [],
  },
  {
    file: 'own-v5.1.4-dev-first-boot.txt',
    ...V5,
    options: {
      ...V5_OPTIONS,
      compileTime: 'Nov 22 2026 16:36:27',
      flashEncryption: 'development',
      leftOpen: ['SECURE_FLASH_UART_BOOTLOADER_ALLOW_ENC'],
    },
    bootloader: [
      [0x3fff00b8, 11744],
      [0x40078000, 22088],
      [0x40080400, 3876],
    ],
    app: { at: 0x20000, segments: V5_APP },
    differences: [ENTRY_OF_APP],
  },
  {
    file: 'enc-dev-second-boot.txt',
    ...V4,
    options: V4_ENCRYPTED,
    app: {
      at: 0x20000,
      segments: [
        [0x3f400020, 24408],
        [0x3ffb0000, 9060],
        [0x40080000, 32044],
        [0x400d0020, 82296],
        [0x40087d2c, 11768],
      ],
      start: concatBytes(V4_DESCRIPTION, buildVirtualTag('app', { firmware: 'blink', version: '1' })),
    },
    flash: 'encrypted',
    differences: [
      {
        what: 'from `Starting app cpu` on',
        recorded: /^I cpu_start: Starting app cpu, entry point is/,
        ours: /^W flash_encrypt: Flash encryption mode is DEVELOPMENT/,
        why: 'what follows is printed by the start-up code of a real app: its addresses, its heap, its tasks',
        isEnd: true,
      },
    ],
  },
  {
    file: 'enc-plaintext-app.txt',
    ...V4,
    options: V4_ENCRYPTED,
    app: {
      at: 0x20000,
      segments: [[0x3f400020, 24408]],
    },
    flash: 'encrypted but for the app',
    differences: [
      {
        what: 'the number in `invalid SPI mode`',
        recorded: /has invalid SPI mode 52$/,
        ours: /has invalid SPI mode \d+$/,
        why: 'plaintext read through the cipher is noise of the flash key, which the recording does not tell',
      },
      {
        what: 'the number in `invalid SPI size`',
        recorded: /has invalid SPI size 6$/,
        ours: /has invalid SPI size \d+$/,
        why: 'whether the noise is a size that the bootloader warns of depends on the key',
      },
    ],
  },
  { file: 'unenc-no-app.txt', ...V4, options: V4_OPTIONS, differences: [] },
];

for (const recording of RECORDINGS) {
  test(`our boot prints what ${recording.file} has, but for ${recording.differences.length} differences`, async () => {
    const recorded = linesOf(readVector(recording.file));
    const rig = await rigOf(recording);
    const resets = recorded.filter((line) => line.startsWith('rst:')).length;
    const startsApp = recording.differences.some(({ isEnd }) => isEnd === true);
    if (!startsApp) await rig.bootTimes(resets);
    else await rig.bootUntil(recording.app?.start === undefined ? 'come to its entry point' : 'blink 1');
    compare(recorded, rig.lines, recording.differences);
  });
}

/** Recordings of the ROM alone: every line is the same. */
const OF_ROM = { blankFlash: 'rom-blank-flash.txt', downloadMode: 'rom-download-mode.txt' } as const;

test(`an erased chip prints what ${OF_ROM.blankFlash} has`, async () => {
  const rig = new BootRig({ strapping: 0x12 });
  await rig.bootUntil('invalid header');
  assert.deepEqual(rig.lines, linesOf(readVector(OF_ROM.blankFlash)));
});

test(`the ROM in download mode prints what ${OF_ROM.downloadMode} has`, () => {
  const lines = bannerLines(ESP32, 300, 'power-on', 0x0f);
  assert.deepEqual([...lines, ''], linesOf(readVector(OF_ROM.downloadMode)));
});

test('docs/virtual-board.md shows each recording and what differs from it', () => {
  const page = readFileSync(new URL('../../../../../docs/virtual-board.md', import.meta.url), 'utf8');
  const exact = Object.values(OF_ROM).map((file) => ({ file, differences: [] }));
  const rows = [...RECORDINGS, ...exact].flatMap(({ file, differences }) =>
    differences.length === 0
      ? [`| \`${file}\` | none | |`]
      : differences.map(({ what, why }) => `| \`${file}\` | ${what} | ${why} |`),
  );
  const table = ['| recording | difference | why |', '| --- | --- | --- |', ...rows].join('\n');
  assert.ok(page.includes(`\n${table}\n\n`), `the page has to show:\n${table}`);
});

function readVector(file: string): string {
  return readFileSync(new URL(`vectors/${file}`, import.meta.url), 'latin1');
}

/** Lines without colours and times, the unfinished last one left out. */
function linesOf(text: string): readonly string[] {
  const lines = withoutColours(text).split('\r\n').slice(0, -1);
  return [...lines.map((line) => line.replace(/^([EWI]) \(\d+\) /, '$1 ')), ''];
}

/** Line by line; a named difference takes its place, or ends the comparison where what follows is the app's own. */
function compare(recorded: readonly string[], ours: readonly string[], differences: readonly Difference[]): void {
  const met = new Set<Difference>();
  for (const [index, line] of recorded.entries()) {
    const own = ours[index] ?? '';
    if (own === line || line === '') continue;
    const difference = differences.find(({ recorded, ours }) => recorded.test(line) && ours.test(own));
    assert.ok(difference !== undefined, `line ${index + 1}: recorded "${line}", ours "${own}"`);
    met.add(difference);
    if (difference.isEnd === true) break;
  }
  assert.equal(met.size, differences.length, 'a difference is named that there is not');
}

async function rigOf(recording: Recording): Promise<BootRig> {
  const rig = new BootRig({ flashBytes: 0x400000, burned: REVISION_3, strapping: 0x12 });
  const header = {
    spiMode: 2,
    spiSpeed: 0,
    flashSize: recording.flashSize,
    entryPoint: recording.entryPoint,
    wpPin: 0xee,
    pinDrives: [0, 0, 0, 0, 0, 0],
    chipId: 0,
    legacyMinRevision: 0,
    minRevision: 0,
    maxRevision: 0xffff,
    reserved: new Uint8Array(4),
    hashAppended: true,
  };
  const tag = buildVirtualTag('bootloader', recording.options);
  const bootloader = await buildImage({
    header,
    segments: recording.bootloader.map((row, index) => segment(row, index === 0 ? tag : undefined)),
  });
  rig.put(ESP32.bootloaderOffset, bootloader);
  rig.put(recording.options.partitionTableOffset ?? 0x8000, buildPartitionTable(recording.partitions, true));
  const { app, flash } = recording;
  if (app !== undefined) {
    const image = await buildImage({
      header: { ...header, entryPoint: 0x40081844 },
      segments: app.segments.map((row, index) => segment(row, index === 0 ? app.start : undefined)),
    });
    if (app.isDamaged === true) image[40] = (image[40] ?? 0) ^ 1;
    rig.put(app.at, image);
  }
  if (flash !== undefined) await encryptAll(rig, recording);
  return rig;
}

/** A segment of `bytes`, of zeros but for what it begins with. */
function segment([loadAddress, bytes]: readonly [number, number], start = new Uint8Array()): ImageSegment {
  const data = new Uint8Array(bytes);
  data.set(start);
  return { loadAddress, data };
}

/** As the boot before has left the chip: key made, flash encrypted, counter burned. */
async function encryptAll(rig: BootRig, { flash, options, partitions }: Recording): Promise<void> {
  const { efuse, flash: memory, aes } = rig.hardware;
  efuse.burn(
    1,
    Uint8Array.from({ length: 32 }, (_, index) => 7 * index + 1),
  );
  const block0 = new Uint8Array(28);
  const view = new DataView(block0.buffer);
  view.setUint32(0, 0x00110080, true);
  view.setUint32(20, 0xf0000000, true);
  view.setUint32(24, 0x344, true);
  efuse.burn(0, block0);
  const cache = await FlashCache.open(memory, efuse, aes);
  const regions = [
    { offset: 0x1000, size: 0x8000 },
    { offset: options.partitionTableOffset ?? 0x8000, size: 0x1000 },
    ...partitions.filter(({ type }) => type === 0 && flash === 'encrypted'),
  ];
  for (const { offset, size } of regions) {
    for (let at = 0; at < size; at += 0x1000) await cache.encryptSector(offset + at);
  }
}
