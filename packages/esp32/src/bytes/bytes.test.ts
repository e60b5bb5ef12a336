import { toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { ByteReader } from './byteReader.ts';
import { crc32 } from '@mkiot/core/bytes/crc32';
import { md5 } from './md5.ts';
import { sha256 } from './sha256.ts';

test('fields are little-endian and unsigned, and the offset is that of the file', () => {
  const bytes = Uint8Array.of(0xff, 0x34, 0xf2, 0x78, 0x56, 0x34, 0xf2, 1, 0, 0, 0, 0, 0, 0, 0x80, 9, 8);
  const reader = new ByteReader(bytes, 'thing', 0x8000);
  assert.equal(reader.uint8('a'), 0xff);
  assert.equal(reader.uint16('b'), 0xf234);
  assert.equal(reader.uint32('c'), 0xf2345678);
  assert.equal(reader.uint64('d'), 0x8000_0000_0000_0001n);
  assert.equal(reader.offset, 0x800f);
  assert.deepEqual([...reader.bytes(2, 'e')], [9, 8]);
  reader.finish();
});

test('a field that is cut, and bytes after the last one, are errors with the offset', () => {
  const reader = new ByteReader(new Uint8Array(6), 'thing', 0x100);
  reader.uint32('a');
  const cut = { code: 'BYTES_SHORT', message: /its b at offset 0x104 takes 4 bytes, but only 2 follow/ };
  assert.throws(() => reader.uint32('b'), cut);
  assert.throws(() => reader.finish(), { code: 'BYTES_LEFT_OVER', message: /ends at offset 0x104, but 2 more/ });
});

test('MD5 gives the digests of RFC 1321, appendix A.5, and those of OpenSSL', () => {
  assert.equal(toHex(md5(utf8Encode(''))), 'd41d8cd98f00b204e9800998ecf8427e');
  assert.equal(toHex(md5(utf8Encode('message digest'))), 'f96b697d7cb7938d525a2f31aaf161d0');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(toHex(md5(bytes)), createHash('md5').update(bytes).digest('hex'));
    }),
  );
});

test('CRC-32 is that of zlib, with any start', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.integer({ min: 0, max: 0xffffffff }), (bytes, start) => {
      assert.equal(crc32(bytes, start), zlibCrc32(bytes, start));
    }),
  );
});

test('OTA data with sequence number 1 has the CRC that the bootloader writes', () => {
  assert.equal(crc32(Uint8Array.of(1, 0, 0, 0), 0xffffffff), 0x4743989a);
});

test('SHA-256 is that of OpenSSL at every length around its blocks', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.equal(toHex(sha256(bytes)), createHash('sha256').update(bytes).digest('hex'));
    }),
  );
});
