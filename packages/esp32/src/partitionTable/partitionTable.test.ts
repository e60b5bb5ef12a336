import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { buildPartitionCsv } from './buildPartitionCsv.ts';
import { buildPartitionTable } from './buildPartitionTable.ts';
import type { PartitionCsvContext } from './fixedPlace.ts';
import { parsePartitionCsv } from './parsePartitionCsv.ts';
import { parsePartitionTable } from './parsePartitionTable.ts';
import type { Partition } from './partition.ts';
import { partitionVector } from './partitionTable.vectors.ts';
import { type PartitionRules, verifyPartitionTable } from './verifyPartitionTable.ts';

const RULES = { tableOffset: 0x8000 };
const entry = { subtype: 0, encrypted: false, readonly: false, unknownFlags: 0 };
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const byte = fc.nat(255);

const partitions: fc.Arbitrary<Partition> = fc.record(
  {
    name: fc.string({ maxLength: 16 }).filter((name) => !name.includes('\0')),
    type: byte,
    subtype: byte,
    offset: uint32,
    size: uint32,
    encrypted: fc.boolean(),
    readonly: fc.boolean(),
    unknownFlags: uint32.map((flags) => (flags & ~3) >>> 0),
  },
  { noNullPrototype: true },
);
const tables = fc.array(partitions, { minLength: 1, maxLength: 94 });

function csvOf(lines: readonly string[], context: Partial<PartitionCsvContext> = {}): readonly Partition[] {
  return parsePartitionCsv(utf8Encode(lines.join('\n')), { ...RULES, variables: {}, ...context });
}

function verify(lines: readonly string[], rules: Partial<PartitionRules> = {}): readonly string[] {
  return verifyPartitionTable(csvOf(lines), { ...RULES, ...rules });
}

test('any table is read back as it was built, with and without its MD5', () => {
  fc.assert(
    fc.property(tables, fc.boolean(), (table, hasMd5) => {
      assert.deepEqual(parsePartitionTable(buildPartitionTable(table, hasMd5)), { partitions: table, hasMd5 });
    }),
  );
});

test('a flipped bit of a table with MD5 is always found', () => {
  fc.assert(
    fc.property(fc.array(partitions, { minLength: 1, maxLength: 5 }), fc.nat(), (table, position) => {
      const bytes = buildPartitionTable(table, true);
      const bit = position % (bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // Fourteen bytes between the magic of the MD5 and its value mean nothing.
      const meansNothing = (bit >> 3) - table.length * 32;
      if (meansNothing >= 2 && meansNothing < 16) return;
      assert.throws(() => parsePartitionTable(bytes), MkiotError);
    }),
  );
});

test('a table that is cut, erased, zero, random or endless is refused with the offset', () => {
  const table = buildPartitionTable([{ ...entry, name: 'a', type: 0, offset: 0x10000, size: 0x10000 }], true);
  for (const [bytes, code, offset] of [
    [new Uint8Array(0), 'PARTITION_TABLE_EMPTY', '0x0'],
    [new Uint8Array(0xc00).fill(0xff), 'PARTITION_TABLE_EMPTY', '0x0'],
    [new Uint8Array(0xc00), 'PARTITION_MAGIC', '0x0'],
    [table.subarray(0, 33), 'PARTITION_TABLE_LENGTH', '0x20'],
    [table.subarray(0, 64), 'PARTITION_TABLE_NO_END', '0x40'],
    [table.with(0x20 + 16, 0), 'PARTITION_TABLE_MD5', '0x20'],
    [table.with(0x100, 0xaa), 'PARTITION_TABLE_AFTER_END', '0x40'],
    [table.with(0x40, 0xaa), 'PARTITION_TABLE_AFTER_MD5', '0x40'],
    [table.with(12, 0xff), 'PARTITION_NAME_BYTES', '0x0'],
    [table.with(14, 0x61), 'PARTITION_NAME_BYTES', '0x0'],
  ] as const) {
    assert.throws(
      () => parsePartitionTable(bytes),
      (error) => error instanceof MkiotError && error.code === code && error.context['offset'] === offset,
      code,
    );
  }
});

test('random bytes are a table or a clear error, as binary and as CSV', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4096 }), fc.boolean(), (bytes, startsRight) => {
      if (startsRight) bytes.set([0xaa, 0x50].slice(0, bytes.length));
      for (const parse of [
        parsePartitionTable,
        (csv: Uint8Array) => parsePartitionCsv(csv, { ...RULES, variables: {} }),
      ]) {
        try {
          parse(bytes);
        } catch (error) {
          assert.ok(error instanceof MkiotError, String(error));
        }
      }
    }),
  );
});

test('what is written as CSV is read back, and a name that CSV cannot hold is refused', () => {
  const table = csvOf(['nvs,data,nvs,,24K', 'app,app,ota_15,,1M,encrypted', 'x,64,200,,-3M,encrypted:readonly']);
  assert.deepEqual(csvOf(buildPartitionCsv(table).split('\n')), table);
  for (const name of ['a,b', '#a', ' a', 'a\nb', '$a', '\x1b[2J']) {
    const partition = { ...entry, name, type: 1, offset: 0x9000, size: 0x1000 };
    assert.throws(() => buildPartitionCsv([partition]), { code: 'PARTITION_INVALID' }, name);
  }
});

test('a random line of CSV is a partition or a clear error', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      '',
      'app',
      'data',
      'ota',
      'nvs',
      'bootloader',
      'primary',
      '0x10000',
      '-2M',
      '4K',
      '0xffffffff',
      ':',
    ),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 7 }), { maxLength: 4 }), (rows) => {
      try {
        const table = csvOf(rows.map((row) => row.join(',')));
        for (const { offset, size } of table) assert.ok(offset >= 0 && size >= 0 && offset + size <= 2 ** 32);
      } catch (error) {
        assert.ok(error instanceof MkiotError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test('offsets follow, numbers have units, sizes end where they say, and variables are filled in', () => {
  const [nvs, app, rest] = csvOf(
    ['# heading', '', 'nvs, data, nvs, , 0x60_00', 'app, 0, 0x10, , 1M', 'rest, data, $KIND, , -${END}'],
    {
      variables: { KIND: 'fat', END: '3M' },
    },
  );
  assert.deepEqual([nvs?.offset, nvs?.size], [0x9000, 0x6000]);
  assert.deepEqual([app?.offset, app?.size, app?.subtype], [0x10000, 0x100000, 0x10]);
  assert.deepEqual([rest?.offset, rest?.size, rest?.subtype], [0x110000, 0x1f0000, 0x81]);
});

test('bootloader and table lie where the project has them', () => {
  const lines = [
    'boot,bootloader,primary,,',
    'table,partition_table,primary,,',
    'spare,bootloader,recovery,,',
    'a,app,factory,,1M',
  ];
  assert.throws(() => csvOf(lines), { message: /line 1: Primary bootloader offset is not defined/ });
  assert.throws(() => csvOf(lines, { primaryBootloaderOffset: 0x9000, recoveryBootloaderOffset: 0x20000 }), {
    message: /Primary bootloader must be below partition table/,
  });
  const [boot, table, spare] = csvOf(lines, { primaryBootloaderOffset: 0x1000, recoveryBootloaderOffset: 0x20000 });
  assert.deepEqual([boot?.offset, boot?.size, table?.offset, spare?.offset], [0x1000, 0x7000, 0x8000, 0x20000]);
});

test('a CSV that is wrong is refused with its line, in the words of gen_esp32part.py', () => {
  for (const [line, says] of [
    ['a', "Field 'type' can't be left empty."],
    ['a,app', 'App partition cannot have an empty subtype'],
    ['a,data,nvs', "Size field can't be empty"],
    ['a,appl,ota_0,,1M', "Value 'appl' is not valid. Known keywords: bootloader, partition_table, app, data"],
    ['a,data,nvs,,010', 'Invalid field value 010'],
    ['a,data,nvs,,1__0K', 'Invalid field value 1__0K'],
    ['a,bootloader,recovery,,', 'Recovery bootloader offset is not defined. Please use --recovery-bootloader-offset'],
    ['a,data,nvs,,4K,secret', "CSV flag column contains unknown flag 'secret'"],
    ['a,256,0,,4K', "Field 'type' is 256; it is one byte"],
    ['a,data,nvs,0x9000,-0x8000', 'The partition ends at 0x8000, before its offset 0x9000'],
    ['a,data,nvs,0x9000,4096M', 'Invalid field value 4096M'],
  ] as const) {
    assert.throws(() => csvOf(['', line]), { code: 'PARTITION_CSV', message: `Error at line 2: ${says}` }, line);
  }
  assert.throws(() => csvOf(['a,data,$KIND,,4K']), { message: "unknown variable 'KIND'" });
  assert.throws(() => csvOf(['a,data,nvs,0x8000,4K']), {
    message: /occupies the whole sector 0x8000\. Use a free offset 0x9000/,
  });
  assert.throws(() => csvOf(['# nothing']), { code: 'PARTITION_CSV_EMPTY' });
  assert.throws(() => parsePartitionCsv(Uint8Array.of(0x61, 0xff), { ...RULES, variables: {} }), {
    code: 'PARTITION_CSV_TEXT',
    message: /offset 0x1 /,
  });
});

test('the checks are those of gen_esp32part.py, with its words', () => {
  for (const [lines, message, rules] of [
    [['a,app,ota_0,,0x11000'], 'Partition a invalid: Size 0x11000 is not aligned to 0x10000', { secure: 'v1' }],
    [['a,app,ota_0,,0x11100'], 'Partition a invalid: Size 0x11100 is not aligned to 0x1000', { secure: 'v2' }],
    [['d,data,fat,0x9100,4K'], 'Partition d invalid: Offset 0x9100 is not aligned to 0x1000', {}],
    [['a,data,fat,,4K', 'a,data,nvs,,12K'], 'Partition names must be unique: "a" is there 2 times', {}],
    [
      ['n,data,nvs,,4K'],
      "Partition n invalid: 'n' partition of type 1 and subtype 2 of this size (0x1000) must be flagged as 'readonly' (the size of read/write NVS has to be at least 0x3000)",
      {},
    ],
    [
      ['o,data,ota,,8K,readonly'],
      "Partition o invalid: 'o' partition of type 1 and subtype 0 is always read-write and cannot be read-only",
      {},
    ],
    [['o,data,ota,,4K'], 'otadata partition must have size = 0x2000', {}],
    [['o,data,tee_ota,,4K'], 'TEE otadata partition must have size = 0x2000', {}],
    [
      ['o,data,ota,,8K', 'p,data,ota,,8K'],
      'Found multiple otadata partitions. Only one partition can be defined with type="data"(1) and subtype="ota"(0).',
      {},
    ],
    [
      ['a,app,factory,,2M'],
      "Partitions tables occupies 2.1MB of flash (2162688 bytes) which does not fit in configured flash size 2MB. Change the flash size in menuconfig under the 'Serial Flasher Config' menu.",
      { flashBytes: 0x200000 },
    ],
  ] as const) {
    assert.throws(() => verify(lines, rules), { name: 'MkiotError', message });
  }
  const below = [{ ...entry, name: 'a', type: 1, offset: 0x7000, size: 0x1000 }];
  assert.throws(() => verifyPartitionTable(below, RULES), { message: 'Partition offset 0x7000 is below 0x9000' });
  const over = csvOf(['a,data,fat,0x9000,8K']).concat(csvOf(['b,data,fat,0xa000,4K']));
  assert.throws(() => verifyPartitionTable(over, RULES), { message: 'Partition at 0xa000 overlaps 0x9000-0xafff' });
});

test('what works but looks like a mistake is warned of', () => {
  assert.match(verify(['app,data,fat,,4K']).join(), /has name 'app' which is a partition type.*\(0x1\)/);
  assert.match(
    verify(['nvs,data,fat,,4K']).join(),
    /has name 'nvs' which is a partition subtype.*0x1 and subtype 0x81/,
  );
  const newer = [{ ...entry, name: 'a', type: 1, subtype: 0x80, offset: 0x9000, size: 0x1000, unknownFlags: 4 }];
  assert.match(verifyPartitionTable(newer, RULES).join(), /unknown flag\(s\) 0x00000004/);
  assert.deepEqual(verify(['nvs,data,nvs,,12K']), []);
});

test('a table of too many partitions, and a name that is too long, are not built', () => {
  const many = Array.from({ length: 95 }, (_, index) => ({ ...entry, name: `${index}`, type: 1, offset: 0, size: 0 }));
  assert.throws(() => buildPartitionTable(many, true), {
    message: 'Binary partition table length (3072) longer than max',
  });
  assert.equal(buildPartitionTable(many, false).length, 0xc00);
  const long = { ...entry, name: 'ä'.repeat(9), type: 1, offset: 0, size: 0 };
  assert.throws(() => buildPartitionTable([long], true), { code: 'PARTITION_INVALID', message: /takes 18 bytes/ });
});

test('a CSV of a million lines is refused before its lines are compared', () => {
  const csv = utf8Encode('a,data,fat,,0\n'.repeat(1_000_000));
  assert.throws(() => parsePartitionCsv(csv, { ...RULES, variables: {} }), { code: 'PARTITION_TABLE_LONG' });
});

test('a table out of a dump of flash ends where the table ends', async () => {
  const table = await readFile(partitionVector('partitions.bin'));
  const sector = new Uint8Array(0x1000).fill(0x77);
  sector.set(table);
  assert.deepEqual(parsePartitionTable(sector), parsePartitionTable(table));
});

const fixture = new URL(
  '../../../../../shared/vectors/esp32/upstream/esptool-images/partitions_singleapp.bin',
  import.meta.url,
);
const absent = existsSync(fixture) ? {} : { skip: "esptool's fixtures are not beside the repository" };

test("the partition table of esptool's fixtures has no end, which gen_esp32part.py refuses too", absent, async () => {
  const entries = await readFile(fixture);
  assert.throws(() => parsePartitionTable(entries), { code: 'PARTITION_TABLE_NO_END', message: /offset 0x60/ });
  const { partitions } = parsePartitionTable(concatBytes(entries, new Uint8Array(32).fill(0xff)));
  assert.deepEqual(
    partitions.map(({ name, offset }) => `${name} ${offset.toString(16)}`),
    ['factory 10000', 'rfdata 110000', 'wifidata 150000'],
  );
});
