import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CHIPS } from '../chips/chips.ts';
import { type AppDescription, buildAppDescription, parseAppDescription } from './appDescription.ts';
import { buildBootloaderDescription, parseBootloaderDescription } from './bootloaderDescription.ts';
import { buildImage } from './buildImage.ts';
import type { Image } from './image.ts';
import { imageVector } from './image.vectors.ts';
import { bootloaderDescriptionOf, memoryTypes } from './imageFacts.ts';
import type { ImageHeader } from './imageHeader.ts';
import { imageInfoLines } from './imageInfoText.ts';
import { parseImage } from './parseImage.ts';
import { addSecurePadding } from './securePadding.ts';
import { verifyImage, whatFollows } from './verifyImage.ts';

const byte = fc.nat(0xff);
const uint16 = fc.nat(0xffff);
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const plain = { noNullPrototype: true } as const;

const headers: fc.Arbitrary<ImageHeader> = fc.record(
  {
    spiMode: byte,
    spiSpeed: fc.nat(0xf),
    flashSize: fc.nat(0xf),
    entryPoint: uint32,
    wpPin: byte,
    pinDrives: fc.array(fc.nat(0xf), { minLength: 6, maxLength: 6 }),
    chipId: uint16,
    legacyMinRevision: byte,
    minRevision: uint16,
    maxRevision: uint16,
    reserved: bytesOf(4),
    hashAppended: fc.boolean(),
  },
  plain,
);
const segments = fc.record({ loadAddress: uint32, data: fc.nat(10).chain((words) => bytesOf(words * 4)) }, plain);
const images: fc.Arbitrary<Image> = fc.record(
  { header: headers, segments: fc.array(segments, { minLength: 1, maxLength: 16 }) },
  plain,
);

const header: ImageHeader = {
  spiMode: 2,
  spiSpeed: 0,
  flashSize: 2,
  entryPoint: 0x40080000,
  wpPin: 0xee,
  pinDrives: [0, 0, 0, 0, 0, 0],
  chipId: 0,
  legacyMinRevision: 0,
  minRevision: 0,
  maxRevision: 399,
  reserved: new Uint8Array(4),
  hashAppended: true,
};
const small: Image = { header, segments: [{ loadAddress: 0x3ffb0000, data: new Uint8Array(8).fill(1) }] };
const codes = (problems: readonly MkiotError[]): readonly string[] => problems.map(({ code }) => code);

test('any image is read back as it was built', async () => {
  await fc.assert(
    fc.asyncProperty(images, async (image) => {
      const bytes = await buildImage(image);
      const { header, segments, checksum, storedHash, end } = parseImage(bytes);
      assert.deepEqual(header, image.header);
      assert.deepEqual(
        segments.map(({ loadAddress, data }) => ({ loadAddress, data })),
        image.segments,
      );
      assert.equal(checksum.stored, checksum.computed);
      assert.equal(storedHash !== undefined, image.header.hashAppended);
      assert.equal(end, bytes.length);
      assert.equal((checksum.offset + 1) % 16, 0);
    }),
  );
});

test('a flipped bit of an image with a hash is always found', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(segments, { minLength: 1, maxLength: 3 }), fc.nat(), async (segments, position) => {
      const bytes = await buildImage({ header, segments });
      const bit = position % (bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let problems: readonly MkiotError[];
      try {
        const image = parseImage(bytes);
        const follows = whatFollows(bytes, image);
        problems = [...(await verifyImage(image)), ...(follows === undefined ? [] : [follows])];
      } catch (error) {
        assert.ok(error instanceof MkiotError, String(error));
        problems = [error];
      }
      assert.notDeepEqual(problems, []);
    }),
  );
});

test('an image that is cut anywhere is told to be cut, with the offset', async () => {
  const bytes = await buildImage(small);
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => parseImage(bytes.subarray(0, length)), { code: 'BYTES_SHORT', message: /at offset 0x/ });
  }
});

test('what is no image is refused with the offset', async () => {
  const bytes = await buildImage(small);
  for (const [file, code, offset] of [
    [new Uint8Array(4096).fill(0xff), 'IMAGE_MAGIC', undefined],
    [new Uint8Array(4096), 'IMAGE_MAGIC', undefined],
    [bytes.with(1, 0), 'IMAGE_SEGMENT_COUNT', '0x1'],
    [bytes.with(1, 17), 'IMAGE_SEGMENT_COUNT', '0x1'],
    [bytes.with(23, 2), 'IMAGE_HASH_FLAG', '0x17'],
    [bytes.with(28, 7), 'IMAGE_SEGMENT_LENGTH', '0x18'],
    [bytes.with(31, 1), 'IMAGE_SEGMENT_LENGTH', '0x18'],
    [bytes.with(0x29, 9), 'IMAGE_PADDING', '0x29'],
  ] as const) {
    assert.throws(
      () => parseImage(file),
      (error) => error instanceof MkiotError && error.code === code && error.context['offset'] === offset,
      code,
    );
  }
});

test('random bytes, also 16 MB of them, are an image or a clear error', () => {
  const noise = new Uint8Array(2 ** 24);
  for (let at = 0; at < noise.length; at += 65536) crypto.getRandomValues(noise.subarray(at, at + 65536));
  noise[0] = 0xe9;
  const parse = (bytes: Uint8Array<ArrayBuffer>): void => {
    try {
      parseImage(bytes);
    } catch (error) {
      assert.ok(error instanceof MkiotError, String(error));
    }
  };
  parse(noise);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 300 }), fc.integer({ min: 1, max: 16 }), (bytes, count) => {
      const random = new Uint8Array(bytes);
      parse(random.with(0, 0xe9).with(1, count).with(23, 1));
    }),
  );
});

test('checksum, hash, chip, revisions and place of segments are verified', async () => {
  const verify = async (image: Image, change: (bytes: Uint8Array) => void = () => undefined, wanted = CHIPS.esp32) => {
    const bytes = await buildImage(image);
    change(bytes);
    return codes(await verifyImage(parseImage(bytes), wanted));
  };
  const mapped = { loadAddress: 0x400d0020, data: new Uint8Array(4) };
  assert.deepEqual(await verify(small), []);
  assert.deepEqual(await verify({ ...small, segments: [mapped] }), []);
  assert.deepEqual(await verify({ ...small, segments: [mapped, mapped] }), ['IMAGE_SEGMENT_PLACE']);
  assert.deepEqual(await verify(small, (bytes) => bytes.fill(0, 0x20, 0x21)), ['IMAGE_CHECKSUM', 'IMAGE_HASH']);
  assert.deepEqual(await verify(small, (bytes) => bytes.fill(9, 5, 6)), ['IMAGE_HASH']);
  assert.deepEqual(await verify({ ...small, header: { ...header, chipId: 9 } }), ['IMAGE_CHIP_OTHER']);
  assert.deepEqual(await verify({ ...small, header: { ...header, chipId: 999 } }), ['IMAGE_CHIP_UNKNOWN']);
  assert.deepEqual(await verify({ ...small, header: { ...header, minRevision: 400 } }), ['IMAGE_REVISIONS']);
  assert.deepEqual(await verify({ ...small, header: { ...header, maxRevision: 0, minRevision: 3 } }), []);
});

test('behind an image may be erased flash or signatures, and nothing else', async () => {
  const image = await buildImage(small);
  const followedBy = (length: number, at: number, bytes: readonly number[]): string | undefined => {
    const file = new Uint8Array(length).fill(0xff);
    file.set(image);
    file.set(bytes, at);
    return whatFollows(file, parseImage(file))?.code;
  };
  assert.equal(followedBy(8192, 0, []), undefined);
  assert.equal(followedBy(8192, 4096, [0xe7, 2]), undefined);
  assert.equal(followedBy(12288, 4096, [0xe7, 2]), undefined);
  assert.equal(followedBy(image.length + 68, image.length, [0, 0, 0, 0, 1]), undefined);
  assert.equal(followedBy(8192, image.length, [7]), 'IMAGE_FOLLOWED');
  assert.equal(followedBy(8192, 4096, [0xe8]), 'IMAGE_FOLLOWED');
  assert.equal(followedBy(12288, 4096, [0xe7, ...new Uint8Array(4096)]), 'IMAGE_FOLLOWED');
  assert.equal(followedBy(image.length + 67, image.length, [0, 0, 0, 0, 1]), 'IMAGE_FOLLOWED');
});

test('secure padding fills the last page, and refuses an image that cannot be padded', async () => {
  for (const [version, behind] of [
    ['v1', 68 + 12],
    ['v2', 0],
  ] as const) {
    await fc.assert(
      fc.asyncProperty(fc.array(segments, { minLength: 1, maxLength: 15 }), async (segments) => {
        const padded = addSecurePadding({ header, segments }, version);
        assert.equal(((await buildImage(padded)).length + behind) % 0x10000, 0);
      }),
    );
  }
  const hashless = { ...small, header: { ...header, hashAppended: false } };
  assert.throws(() => addSecurePadding(hashless, 'v2'), { code: 'SECURE_PADDING_HASH' });
  const full = { header, segments: Array.from({ length: 16 }, () => small.segments[0]!) };
  assert.throws(() => addSecurePadding(full, 'v2'), { code: 'SECURE_PADDING_SEGMENTS' });
});

test('an image that could not be read back is not built', async () => {
  const segment = { loadAddress: 0, data: new Uint8Array(4) };
  for (const [image, code] of [
    [{ header, segments: [] }, 'IMAGE_SEGMENT_COUNT'],
    [{ header, segments: Array.from({ length: 17 }, () => segment) }, 'IMAGE_SEGMENT_COUNT'],
    [{ header, segments: [{ ...segment, data: new Uint8Array(3) }] }, 'IMAGE_SEGMENT_LENGTH'],
    [{ header, segments: [{ ...segment, loadAddress: -1 }] }, 'IMAGE_FIELD'],
    [{ header: { ...header, chipId: 0x10000 }, segments: [segment] }, 'IMAGE_FIELD'],
    [{ header: { ...header, pinDrives: [1] }, segments: [segment] }, 'IMAGE_FIELD'],
    [{ header: { ...header, reserved: new Uint8Array(5) }, segments: [segment] }, 'IMAGE_FIELD'],
  ] as const) {
    await assert.rejects(buildImage(image), { code }, code);
  }
});

const texts = (bytes: number) =>
  fc
    .string({ unit: 'grapheme', maxLength: bytes })
    .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= bytes && text.isWellFormed());

const appDescriptions: fc.Arbitrary<AppDescription> = fc.record(
  {
    secureVersion: uint32,
    version: texts(32),
    projectName: texts(32),
    time: texts(16),
    date: texts(16),
    idfVersion: texts(32),
    elfSha256: bytesOf(32),
    minEfuseBlockRevision: uint16,
    maxEfuseBlockRevision: uint16,
    mmuPageSize: byte,
    reserved: fc.tuple(bytesOf(8), bytesOf(3), bytesOf(72)),
  },
  plain,
);
const bootloaderDescriptions = fc.record(
  {
    secureVersion: byte,
    version: uint32,
    idfVersion: texts(32),
    dateTime: texts(24),
    reserved: fc.tuple(bytesOf(2), bytesOf(16)),
  },
  plain,
);

test('descriptions of apps and bootloaders are read back as they were built', () => {
  fc.assert(
    fc.property(appDescriptions, bootloaderDescriptions, (app, bootloader) => {
      assert.deepEqual(parseAppDescription(buildAppDescription(app), 0x20), app);
      assert.deepEqual(parseBootloaderDescription(buildBootloaderDescription(bootloader), 0x20), bootloader);
    }),
  );
});

test('a text in a description that is none is told with its offset', () => {
  const [app] = fc.sample(appDescriptions, 1) as [AppDescription];
  const bytes = buildAppDescription({ ...app, version: 'v' });
  for (const broken of [bytes.with(16, 0xff), bytes.with(40, 1)]) {
    const expected = { code: 'DESCRIPTION_TEXT', message: /version .* offset 0x30/ };
    assert.throws(() => parseAppDescription(broken, 0x20), expected);
  }
  assert.equal(parseAppDescription(bytes.with(0, 0), 0x20), undefined);
  assert.equal(parseAppDescription(bytes.subarray(1), 0x20), undefined);
  assert.throws(() => buildAppDescription({ ...app, date: 'x'.repeat(17) }), { code: 'DESCRIPTION_FIELD' });
  assert.throws(() => buildAppDescription({ ...app, elfSha256: new Uint8Array(3) }), { code: 'DESCRIPTION_FIELD' });
});

test('a bootloader that describes itself is shown as esptool shows it', async () => {
  const reserved = [new Uint8Array(2), new Uint8Array(16)] as const;
  const description = { secureVersion: 0, version: 1, idfVersion: 'v5.4', dateTime: 'Nov  2 2025 12:34:56', reserved };
  const data = buildBootloaderDescription(description);
  const image = parseImage(await buildImage({ header, segments: [{ loadAddress: 0x3fff0030, data }] }));
  assert.deepEqual(bootloaderDescriptionOf(image), description);
  assert.deepEqual((await imageInfoLines(image)).slice(-5), [
    'Bootloader Information',
    '======================',
    'Bootloader version: 1',
    'ESP-IDF: v5.4',
    'Compile time: Nov  2 2025 12:34:56',
  ]);
});

test('what is damaged or unknown in an image is shown, not hidden', async () => {
  const odd = { ...header, chipId: 999, spiMode: 9, spiSpeed: 9, flashSize: 9, entryPoint: 0, wpPin: 1 };
  const bytes = await buildImage({ ...small, header: odd });
  const text = (await imageInfoLines(parseImage(bytes.with(0x20, 0)))).join('\n');
  assert.match(text, /^Unknown chip Image Header$/m);
  assert.match(text, /^Chip ID: 999 \(Unknown ID\)$/m);
  assert.match(text, /^Entry point not set$/m);
  assert.match(text, /^WARNING: Invalid flash size \(0x90\)$/m);
  assert.match(text, /^WP pin: 0x1$/m);
  assert.match(text, /^Checksum: 0xef \(invalid - calculated 0xee\)$/m);
  assert.match(text, /^Validation hash: [\da-f]{64} \(invalid\)$/m);
});

test('an address is in every memory that covers it', () => {
  assert.deepEqual(memoryTypes(CHIPS.esp32s3, 0x3fc88000), ['BYTE_ACCESSIBLE', 'MEM_INTERNAL', 'DRAM']);
  assert.deepEqual(memoryTypes(CHIPS.esp32c6, 0x42000020), ['DROM', 'IROM']);
  assert.deepEqual(memoryTypes(CHIPS.esp32, 0x60000000), []);
});

// Fixtures of esptool's own tests: they are under the GPL, so they are read only where somebody has put them.
const fixtures = new URL('../../../../../shared/vectors/esp32/upstream/esptool-images/', import.meta.url);

test("headers of esptool's tests are read", { skip: !existsSync(fixtures) }, async () => {
  for (const [name, chip, minRevision] of [
    ['esp32s3_header.bin', CHIPS.esp32s3, 0],
    ['esp32c3_header_min_rev.bin', CHIPS.esp32c3, 255],
  ] as const) {
    const image = parseImage(new Uint8Array(await readFile(new URL(name, fixtures))));
    assert.equal(image.header.chipId, chip.imageChipId);
    assert.equal(image.header.minRevision, minRevision);
    assert.equal(image.checksum.stored, image.checksum.computed);
  }
});

test('a real app is refused for another chip', async () => {
  const image = parseImage(new Uint8Array(await readFile(imageVector('app-esp32s3-minrev.bin'))));
  assert.deepEqual(codes(await verifyImage(image, CHIPS.esp32c3)), ['IMAGE_CHIP_OTHER']);
});
