import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from '@mkiot/core/bytes/crc32';
import { buildSecureCert } from './buildSecureCert.ts';
import { parseSecureCert } from './parseSecureCert.ts';
import { SECURE_CERT_TYPES, type SecureCertEntry, valueProtection } from './secureCertEntry.ts';
import { checkIntegrity } from './secureCertIntegrity.ts';

const byte = fc.nat(0xff);
const entries: fc.Arbitrary<readonly SecureCertEntry[]> = fc.uniqueArray(
  fc.record(
    {
      flags: byte,
      reserved: fc.constantFrom(0 as const, 0xff as const),
      type: byte,
      subtype: byte,
      value: fc.uint8Array({ maxLength: 100 }),
    },
    { noNullPrototype: true },
  ),
  { selector: ({ type, subtype }) => type * 256 + subtype, maxLength: 8 },
);
const entry = (value: Uint8Array, subtype = 0): SecureCertEntry => {
  return { flags: 0, reserved: 0, type: SECURE_CERT_TYPES.PRIV_KEY, subtype, value };
};
const five = Uint8Array.of(1, 2, 3, 4, 5);

function withoutOffsets(partition: Uint8Array): readonly SecureCertEntry[] {
  return parseSecureCert(partition).map(({ flags, reserved, type, subtype, value }) => {
    return { flags, reserved, type, subtype, value };
  });
}

test('any TLVs are read back as they were built', () => {
  fc.assert(
    fc.property(entries, (list) => {
      assert.deepEqual(withoutOffsets(buildSecureCert(list)), list);
    }),
  );
});

test('a flipped bit of a TLV or behind it is always found', () => {
  fc.assert(
    fc.property(entries, fc.nat(0x2000 * 8 - 1), (list, bit) => {
      const partition = buildSecureCert(list);
      partition[bit >> 3] = (partition[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => parseSecureCert(partition), MkiotError);
    }),
  );
});

test('a partition that is cut in a TLV is told to be cut, with the offset', () => {
  const partition = buildSecureCert([entry(five)], 32);
  for (let length = 4; length < 32; length++) {
    assert.throws(() => parseSecureCert(partition.subarray(0, length)), {
      code: 'BYTES_SHORT',
      message: /at offset 0x/,
    });
  }
});

test('what is no partition of TLVs is refused with the offset, and an erased one is empty', () => {
  const partition = buildSecureCert([entry(five), entry(five, 1)], 0x100);
  const resealed = (change: (bytes: Uint8Array) => void): Uint8Array => {
    const bytes = Uint8Array.from(partition);
    change(bytes);
    new DataView(bytes.buffer).setUint32(28, crc32(bytes.subarray(0, 28), 0xffffffff), true);
    return bytes;
  };
  const noise = new Uint8Array(2 ** 24);
  for (let at = 0; at < noise.length; at += 65536) crypto.getRandomValues(noise.subarray(at, at + 65536));
  noise[0] = 0;
  for (const [bytes, code, offset] of [
    [new Uint8Array(0), 'SECURE_CERT_EMPTY', undefined],
    [new Uint8Array(0x2000), 'SECURE_CERT_MAGIC', '0x0'],
    [noise, 'SECURE_CERT_MAGIC', '0x0'],
    [partition.with(33, 0), 'SECURE_CERT_MAGIC', '0x20'],
    [partition.with(14, 9), 'SECURE_CERT_CRC', '0x0'],
    [resealed((bytes) => bytes.fill(7, 20, 21)), 'SECURE_CERT_PADDING', '0x14'],
    [resealed((bytes) => bytes.fill(7, 6, 7)), 'SECURE_CERT_RESERVED', '0x5'],
    [resealed((bytes) => bytes.fill(1, 9, 10)), 'SECURE_CERT_DUPLICATE', '0x20'],
    [partition.with(0x50, 0), 'SECURE_CERT_AFTER_END', '0x50'],
  ] as const) {
    assert.throws(
      () => parseSecureCert(bytes),
      (error) => error instanceof MkiotError && error.code === code && error.context['offset'] === offset,
      code,
    );
  }
  assert.deepEqual(parseSecureCert(new Uint8Array(0x2000).fill(0xff)), []);
});

test('random bytes behind a right magic are TLVs or a clear error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        parseSecureCert(Uint8Array.of(0x11, 0xba, 0x5e, 0xba, ...bytes));
      } catch (error) {
        assert.ok(error instanceof MkiotError, String(error));
      }
    }),
  );
});

test('TLVs that a device could not find are not built', () => {
  for (const [list, size, code] of [
    [[entry(five), entry(five)], 0x2000, 'SECURE_CERT_DUPLICATE'],
    [[entry(new Uint8Array(0x2000))], 0x2000, 'SECURE_CERT_FULL'],
    [[entry(new Uint8Array(0x10000))], 0x20000, 'SECURE_CERT_LONG'],
    [[{ ...entry(five), type: 256 }], 0x2000, 'SECURE_CERT_FIELD'],
    [[entry(five, -1)], 0x2000, 'SECURE_CERT_FIELD'],
  ] as const) {
    assert.throws(() => buildSecureCert(list, size), { code }, code);
  }
});

test('the flags tell whether a key can be read from flash', () => {
  for (const [flags, protection] of [
    [0x00, 'plain'],
    [0xff, 'plain'],
    [0x80, 'hmac-encrypted'],
    [0x40, 'hmac-derived'],
    [0x08, 'ecdsa-peripheral'],
    [0x10, 'plain'],
  ] as const) {
    assert.equal(valueProtection({ ...entry(five), flags }), protection);
  }
});

test('an integrity TLV that does not fit what stands before it is refused', async () => {
  const before = buildSecureCert([entry(five)], 32);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', before));
  const integrity = { ...entry(digest), type: SECURE_CERT_TYPES.INTEGRITY };
  const good = buildSecureCert([entry(five), integrity]);
  await checkIntegrity(good, parseSecureCert(good));
  const bad = buildSecureCert([entry(five.with(0, 9)), integrity]);
  const expected = { code: 'SECURE_CERT_INTEGRITY', message: /offset 0x20/ };
  await assert.rejects(checkIntegrity(bad, parseSecureCert(bad)), expected);
});
