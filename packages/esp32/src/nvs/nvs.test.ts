import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { portableAes } from '../aes/portableAes.ts';
import { buildNvs, type NvsRow, type NvsValueRow } from './buildNvs.ts';
import { decryptNvs, encryptNvs } from './nvsCipher.ts';
import { checkReadable, nvsDamage } from './nvsDamage.ts';
import { NVS_PAGE_STATES, NVS_TYPES, nvsCrc, type NvsTypeName } from './nvsFormat.ts';
import { buildNvsKeys, hmacNvsKeys, type NvsKeys, parseNvsKeys } from './nvsKeys.ts';
import { type NvsRecord, nvsRecords } from './nvsRecords.ts';
import { nvsToolRows } from './nvsToolRows.ts';
import { parseNvs } from './parseNvs.ts';

const names = fc.stringMatching(/^[a-z0-9_.]{1,15}$/);
const integers = fc
  .constantFrom(...(Object.entries(NVS_TYPES) as [NvsTypeName, { integerBytes: number; signed: boolean }][]))
  .filter(([, { integerBytes }]) => integerBytes > 0)
  .chain(([type, { integerBytes, signed }]) => {
    const bits = BigInt(integerBytes * 8);
    const [min, max] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
    return fc.record({ type: fc.constant(type as NvsValueRow['type']), value: fc.bigInt({ min, max }) });
  });
const texts = fc.record({
  type: fc.constant('string' as const),
  value: fc.string({ maxLength: 200 }).filter((text) => !text.includes('\0')),
});
const blobs = fc.record({ type: fc.constant('blob' as const), value: fc.uint8Array({ maxLength: 1984 }) });
const values = fc.oneof(integers, texts, blobs);
const namespaces = fc.uniqueArray(
  fc.record({
    namespace: names,
    rows: fc.uniqueArray(fc.record({ key: names, value: values }), { selector: ({ key }) => key, maxLength: 6 }),
  }),
  { selector: ({ namespace }) => namespace, maxLength: 4 },
);
const tables: fc.Arbitrary<readonly NvsRow[]> = namespaces.map((list) =>
  list.flatMap(({ namespace, rows }) => [{ namespace }, ...rows.map(({ key, value }) => ({ key, ...value }))]),
);
const keys: NvsKeys = { dataKey: new Uint8Array(32).fill(1), tweakKey: new Uint8Array(32).fill(2) };

const SIZE = 0x20000;
const FIRST_ENTRY = 64;

/** What a partition holds, as it would be given to `buildNvs`. */
function rowsOf(partition: Uint8Array): readonly NvsRow[] {
  const rows: NvsRow[] = [];
  let last: string | undefined;
  for (const { namespace, key, type, value, problem, state } of nvsRecords(parseNvs(partition))) {
    assert.deepEqual([problem, state, typeof namespace], [undefined, 'current', 'string']);
    if (namespace !== last) rows.push({ namespace: namespace ?? '' });
    last = namespace;
    rows.push({ key, type: type === 'blob_index' ? 'blob' : (type as NvsValueRow['type']), value: value ?? '' });
  }
  return rows;
}

/** Namespaces without a value are not in a partition's records. */
function withoutEmptyNamespaces(rows: readonly NvsRow[]): readonly NvsRow[] {
  return rows.filter((row, index) => {
    const next = rows[index + 1];
    return !('namespace' in row) || (next !== undefined && !('namespace' in next));
  });
}

const shown = (records: readonly NvsRecord[]) =>
  records.map(({ namespace, key, value, state, problem }) => [namespace, key, value, state, problem?.code]);

/** A partition of one page of values and two free ones, with a second page that is written later. */
function twoPages(first: readonly NvsRow[], second: readonly NvsRow[]): Uint8Array {
  const partition = buildNvs(first, 0x3000);
  const later = buildNvs(second, 0x3000).subarray(0, 0x1000);
  const view = new DataView(later.buffer, later.byteOffset);
  view.setUint32(4, 1, true);
  view.setUint32(28, nvsCrc(later.subarray(4, 28)), true);
  partition.set(later, 0x1000);
  new DataView(partition.buffer).setUint32(0, NVS_PAGE_STATES.full, true);
  return partition;
}

/** Marks entries of the first page as the device marks deleted ones. */
function erase(partition: Uint8Array, first: number, count = 1): void {
  for (let entry = first; entry < first + count; entry++) {
    const at = 32 + (entry >> 2);
    partition[at] = (partition[at] ?? 0) & ~(3 << ((entry & 3) * 2));
  }
}

const u8 = (key: string, value: bigint): NvsRow => ({ key, type: 'uint8_t', value });
const text = (key: string, value: string): NvsRow => ({ key, type: 'string', value });

test('any values are read back as they were built, in both versions', () => {
  fc.assert(
    fc.property(tables, fc.constantFrom(1, 2), (rows, version) => {
      const partition = buildNvs(rows, SIZE, version);
      assert.equal(partition.length, SIZE);
      assert.deepEqual(rowsOf(partition), withoutEmptyNamespaces(rows));
      assert.deepEqual(nvsDamage(parseNvs(partition)), []);
    }),
  );
});

test('what is encrypted is decrypted again, and cannot be read without its keys or with others', () => {
  fc.assert(
    fc.property(tables, (rows) => {
      const plain = buildNvs(rows, SIZE);
      const encrypted = encryptNvs(plain, keys, portableAes);
      assert.deepEqual(decryptNvs(encrypted, keys, portableAes), plain);
      if (rows.length === 0) return;
      assert.throws(() => checkReadable(parseNvs(encrypted), false), { code: 'NVS_ENCRYPTED', message: /0x40/ });
      const wrong = decryptNvs(encrypted, { ...keys, tweakKey: keys.dataKey }, portableAes);
      assert.throws(() => checkReadable(parseNvs(wrong), true), { code: 'NVS_KEYS_WRONG', message: /0x40/ });
      checkReadable(parseNvs(plain), false);
    }),
    { numRuns: 30 },
  );
});

test('a flipped bit of an entry or its value is always found', () => {
  const rows = [
    { namespace: 'a' },
    u8('n', 7n),
    text('s', 'x'.repeat(63)),
    { key: 'b', type: 'blob', value: new Uint8Array(32) },
  ] as const;
  const partition = buildNvs(rows, 0x3000);
  const before = shown(nvsRecords(parseNvs(partition)));
  // Namespace, number, string with two entries, chunk with one, index: all bytes are used but the padding of none.
  for (let bit = FIRST_ENTRY * 8; bit < (FIRST_ENTRY + 8 * 32) * 8; bit++) {
    const changed = partition.with(bit >> 3, (partition[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
    const pages = parseNvs(changed);
    const problems = [...nvsDamage(pages), ...nvsRecords(pages).filter(({ problem }) => problem !== undefined)];
    assert.notDeepEqual(problems, [], `bit ${bit}`);
    assert.notDeepEqual(shown(nvsRecords(pages)), before);
  }
});

test('a flipped bit in the header of a page is told', () => {
  const partition = buildNvs([{ namespace: 'a' }, u8('n', 7n)], 0x3000);
  for (const at of [4, 8, 20, 28]) {
    const changed = partition.with(at, (partition[at] ?? 0) ^ 4);
    assert.throws(() => parseNvs(changed), { code: 'NVS_UNKNOWN', message: /0x0/ });
    const two = twoPages([{ namespace: 'a' }], [{ namespace: 'a' }, u8('n', 7n)]);
    two[at] = (two[at] ?? 0) ^ 4;
    assert.deepEqual(
      nvsDamage(parseNvs(two)).map(({ code }) => code),
      ['NVS_PAGE_DAMAGED'],
    );
  }
});

test('what is no NVS partition is refused with the offset, and an erased one is empty', () => {
  for (const bytes of [0, 32, 4095, 4097]) {
    assert.throws(() => parseNvs(new Uint8Array(bytes)), { code: 'NVS_LENGTH' });
  }
  assert.throws(() => parseNvs(new Uint8Array(0x3000)), { code: 'NVS_UNKNOWN', message: /offset 0x0/ });
  const late = new Uint8Array(0x3000).fill(0xff).fill(0, 0x2000);
  assert.throws(() => parseNvs(late), { code: 'NVS_UNKNOWN', message: /offset 0x2000/ });
  const noise = new Uint8Array(2 ** 24);
  for (let at = 0; at < noise.length; at += 65536) crypto.getRandomValues(noise.subarray(at, at + 65536));
  assert.throws(() => parseNvs(noise), { code: 'NVS_UNKNOWN' });
  const erased = parseNvs(new Uint8Array(0x3000).fill(0xff));
  assert.deepEqual([erased.map(({ state }) => state), nvsRecords(erased)], [['empty', 'empty', 'empty'], []]);
  checkReadable(erased, false);
});

test('a page with a right header and anything behind it is read without a crash', () => {
  const page = buildNvs([], 0x1000);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 600, maxLength: 4064 }), (noise) => {
      const partition = Uint8Array.from(page);
      partition.set(noise, 32);
      const pages = parseNvs(partition);
      nvsRecords(pages);
      nvsToolRows(pages);
      nvsDamage(pages);
    }),
  );
});

test('an entry that reaches over the end of its page is damage, not a value', () => {
  const rows = [{ namespace: 'a' }, ...Array.from({ length: 125 }, (_, index) => u8(`n${index}`, 1n))];
  const partition = buildNvs(rows, 0x3000);
  const last = FIRST_ENTRY + 125 * 32;
  partition[last + 2] = 2;
  const entry = partition.subarray(last, last + 32);
  const covered = Uint8Array.from([...entry.subarray(0, 4), ...entry.subarray(8)]);
  new DataView(partition.buffer).setUint32(last + 4, nvsCrc(covered), true);
  const [damage, ...more] = nvsDamage(parseNvs(partition));
  assert.deepEqual([damage?.code, damage?.context['offset'], more], ['NVS_ENTRY_DAMAGED', '0xfe0', []]);
});

test('deleted values stay readable, with the name of a deleted namespace too', () => {
  const partition = buildNvs([{ namespace: 'wifi' }, text('pass', 'old secret'), u8('n', 1n)], 0x3000);
  erase(partition, 0, 3);
  assert.deepEqual(shown(nvsRecords(parseNvs(partition))), [
    ['wifi', 'pass', 'old secret', 'erased', undefined],
    ['wifi', 'n', 1n, 'current', undefined],
  ]);
});

test('of two values with one name the one on the later page counts', () => {
  const partition = twoPages([{ namespace: 'a' }, u8('n', 1n)], [{ namespace: 'a' }, u8('n', 2n)]);
  assert.deepEqual(shown(nvsRecords(parseNvs(partition))), [
    ['a', 'n', 1n, 'replaced', undefined],
    ['a', 'n', 2n, 'current', undefined],
  ]);
  const rows = nvsToolRows(parseNvs(partition));
  assert.deepEqual(
    rows.map(({ state, replaced, offset }) => [state, replaced, offset]),
    [
      ['Written', true, FIRST_ENTRY + 32],
      ['Written', undefined, undefined],
    ],
  );
});

test('a blob that is written anew replaces the old one with all its pieces', () => {
  const blob = (fill: number): readonly NvsRow[] => {
    return [{ namespace: 'a' }, { key: 'b', type: 'blob', value: new Uint8Array(50).fill(fill) }];
  };
  const pages = parseNvs(twoPages(blob(1), blob(2)));
  assert.deepEqual(
    shown(nvsRecords(pages)).map(([, , value, state]) => [(value as Uint8Array)[0], state]),
    [
      [1, 'replaced'],
      [2, 'current'],
    ],
  );
  assert.deepEqual(
    nvsToolRows(pages).map(({ replaced }) => replaced),
    [true, undefined],
  );
});

test('a blob that was deleted is put together again, and one that lacks a piece says so', () => {
  const value = Uint8Array.from({ length: 5000 }, (_, at) => at);
  const rows: readonly NvsRow[] = [{ namespace: 'a' }, { key: 'b', type: 'blob', value }];
  const partition = buildNvs(rows, 0x4000);
  erase(partition, 1, 125);
  const page = partition.subarray(0x1000, 0x2000);
  erase(page, 0, 126);
  assert.deepEqual(shown(nvsRecords(parseNvs(partition))), [['a', 'b', value, 'erased', undefined]]);
  const lacking = buildNvs(rows, 0x4000);
  lacking.fill(0xff, 0, 0x1000);
  const [record] = nvsRecords(parseNvs(lacking));
  assert.deepEqual(
    [record?.namespace, record?.value, record?.problem?.code],
    [undefined, value.slice(3968), 'NVS_BLOB_INCOMPLETE'],
  );
});

test('indexes by the ten thousands that all claim the same chunks are read', { timeout: 120_000 }, () => {
  const chunk = buildNvs([{ namespace: 'a' }, { key: 'b', type: 'blob', value: new Uint8Array(20) }], 0x1000);
  const index = chunk.slice(FIRST_ENTRY + 3 * 32, FIRST_ENTRY + 4 * 32);
  index[28] = 255;
  new DataView(index.buffer).setUint32(
    4,
    nvsCrc(Uint8Array.from([...index.subarray(0, 4), ...index.subarray(8)])),
    true,
  );
  chunk.fill(0xaa, 32, 64);
  for (let entry = 3; entry < 126; entry++) chunk.set(index, FIRST_ENTRY + entry * 32);
  const partition = new Uint8Array(2 ** 22);
  for (let at = 0; at < partition.length; at += 0x1000) partition.set(chunk, at);
  const records = nvsRecords(parseNvs(partition));
  assert.equal(records.length, 1024 * 123);
  assert.equal(records.filter(({ value }) => (value as Uint8Array).length > 0).length, 1024);
});

test('a value that was written but not marked before the power was cut is found', () => {
  const partition = buildNvs([{ namespace: 'a' }, u8('n', 1n)], 0x3000);
  partition[32] = 0xfe;
  assert.deepEqual(shown(nvsRecords(parseNvs(partition))), [['a', 'n', 1n, 'unmarked', undefined]]);
});

test('bytes of a deleted value whose own entry is gone are left over', () => {
  const partition = buildNvs([{ namespace: 'a' }, text('k', 'k'.repeat(63))], 0x3000);
  erase(partition, 1, 3);
  partition.fill(0, FIRST_ENTRY + 32, FIRST_ENTRY + 64);
  const [{ leftovers }] = parseNvs(partition) as [ReturnType<typeof parseNvs>[number]];
  assert.deepEqual(
    leftovers.map(({ offset, state, bytes }) => [offset, state, bytes]),
    [
      [FIRST_ENTRY + 64, 'erased', utf8Encode('k'.repeat(32))],
      [FIRST_ENTRY + 96, 'erased', utf8Encode(`${'k'.repeat(31)}\0`)],
    ],
  );
});

test('values that no device could read are not built', () => {
  const namespace = { namespace: 'a' };
  const bytes = (length: number): Uint8Array => new Uint8Array(length);
  for (const [rows, size, version, code] of [
    [[], 0, 2, 'NVS_SIZE'],
    [[], 0x3001, 2, 'NVS_SIZE'],
    [[u8('n', 1n)], 0x3000, 2, 'NVS_NO_NAMESPACE'],
    [[namespace, u8('n', 1n), u8('n', 2n)], 0x3000, 2, 'NVS_DUPLICATE'],
    [[namespace, u8('n', 256n)], 0x3000, 2, 'NVS_INTEGER'],
    [[namespace, u8('n', -1n)], 0x3000, 2, 'NVS_INTEGER'],
    [[namespace, u8('', 1n)], 0x3000, 2, 'NVS_NAME'],
    [[namespace, u8('x'.repeat(16), 1n)], 0x3000, 2, 'NVS_NAME'],
    [[{ namespace: 'a\0b' }], 0x3000, 2, 'NVS_NAME'],
    [[namespace, text('s', 'x'.repeat(4000))], 0x8000, 2, 'NVS_VALUE_LONG'],
    [[namespace, { key: 'b', type: 'blob', value: bytes(1985) }], 0x8000, 1, 'NVS_VALUE_LONG'],
    [[namespace, { key: 'b', type: 'blob', value: bytes(508_001) }], 0x100000, 2, 'NVS_VALUE_LONG'],
    [[namespace, { key: 'b', type: 'blob', value: bytes(8000) }], 0x3000, 2, 'NVS_FULL'],
    [Array.from({ length: 255 }, (_, index) => ({ namespace: `n${index}` })), 0x8000, 2, 'NVS_NAMESPACES'],
  ] as const) {
    assert.throws(() => buildNvs(rows, size, version), { code }, code);
  }
});

test('the longest string and the longest blob fit', () => {
  const value = 'x'.repeat(3999);
  const blob = new Uint8Array(508_000).fill(3);
  const rows: readonly NvsRow[] = [{ namespace: 'a' }, text('s', value), { key: 'b', type: 'blob', value: blob }];
  assert.deepEqual(rowsOf(buildNvs(rows, 0x100000)), rows);
});

test('keys are read back as they were built, and anything else is told apart', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.nat(67 * 8 + 7), (bytes, bit) => {
      const made = { dataKey: bytes.slice(0, 32), tweakKey: bytes.slice(32) };
      const partition = buildNvsKeys(made);
      assert.deepEqual(parseNvsKeys(partition), made);
      partition[bit >> 3] = (partition[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => parseNvsKeys(partition), { code: 'NVS_KEYS_CRC' });
    }),
  );
  const raw = new Uint8Array(4096).fill(0xff).fill(0xee, 32, 64);
  for (const [bytes, code] of [
    [new Uint8Array(0), 'NVS_KEYS_LENGTH'],
    [new Uint8Array(68), 'NVS_KEYS_LENGTH'],
    [new Uint8Array(4096), 'NVS_KEYS_CRC'],
    [crypto.getRandomValues(new Uint8Array(65536)), 'NVS_KEYS_CRC'],
    [new Uint8Array(4096).fill(0xff), 'NVS_KEYS_ERASED'],
    [raw, 'NVS_KEYS_RAW'],
  ] as const) {
    assert.throws(() => parseNvsKeys(bytes), { code }, code);
  }
  await assert.rejects(hmacNvsKeys(new Uint8Array(31)), { code: 'NVS_HMAC_KEY_LENGTH' });
});

test('an error about keys tells nothing of them', () => {
  const partition = buildNvsKeys({ dataKey: new Uint8Array(32).fill(0xab), tweakKey: new Uint8Array(32).fill(0xcd) });
  try {
    parseNvsKeys(partition.with(64, 0));
    assert.fail('it was taken');
  } catch (error) {
    assert.ok(error instanceof MkiotError);
    assert.doesNotMatch(JSON.stringify([error.message, error.context]), /abab|cdcd|171|205/);
  }
});
