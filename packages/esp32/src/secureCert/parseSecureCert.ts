import { ByteReader } from '../bytes/byteReader.ts';
import { crc32 } from '@mkiot/core/bytes/crc32';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { SECURE_CERT_MAGIC, type SecureCertEntry, valuePadding } from './secureCertEntry.ts';
import { secureCertError } from './secureCertErrors.ts';

/** A TLV, and where in the partition it begins. */
export interface ParsedSecureCertEntry extends SecureCertEntry {
  readonly offset: number;
}

const ERASED_MAGIC = 0xffffffff;

/**
 * Reads the TLVs of an esp_secure_cert partition, plain or decrypted, up to the erased rest.
 *
 * @returns none for an erased partition
 * @throws a {@link secureCertError} with the offset; `BYTES_SHORT` where the last TLV is cut
 */
export function parseSecureCert(partition: Uint8Array): readonly ParsedSecureCertEntry[] {
  if (partition.length === 0) throw secureCertError('SECURE_CERT_EMPTY');
  const entries: ParsedSecureCertEntry[] = [];
  const seen = new Set<number>();
  const reader = new ByteReader(partition, 'esp_secure_cert partition');
  while (reader.left >= 4) {
    const offset = reader.offset;
    const magic = reader.uint32('magic');
    if (magic === ERASED_MAGIC) return ended(partition, offset, entries);
    if (magic !== SECURE_CERT_MAGIC) {
      throw secureCertError('SECURE_CERT_MAGIC', { offset: toHexOffset(offset), found: toHexOffset(magic) });
    }
    const entry = readTlv(reader, partition, offset);
    const { type, subtype } = entry;
    if (seen.has(type * 0x100 + subtype)) {
      throw secureCertError('SECURE_CERT_DUPLICATE', { type, subtype, offset: toHexOffset(offset) });
    }
    seen.add(type * 0x100 + subtype);
    entries.push(entry);
  }
  return ended(partition, reader.offset, entries);
}

/** The TLV at `offset`, whatever comes before and behind it. @throws a {@link secureCertError}, `BYTES_SHORT` */
export function readSecureCertEntry(bytes: Uint8Array, offset: number): ParsedSecureCertEntry {
  const reader = new ByteReader(bytes.subarray(offset), 'esp_secure_cert TLV', offset);
  const magic = reader.uint32('magic');
  if (magic === SECURE_CERT_MAGIC) return readTlv(reader, bytes, offset);
  throw secureCertError('SECURE_CERT_MAGIC', { offset: toHexOffset(offset), found: toHexOffset(magic) });
}

function readTlv(reader: ByteReader, partition: Uint8Array, offset: number): ParsedSecureCertEntry {
  const flags = reader.uint8('flags');
  const reserved = readReserved(reader);
  const type = reader.uint8('type');
  const subtype = reader.uint8('subtype');
  const value = reader.bytes(reader.uint16('length'), 'value');
  const paddingOffset = reader.offset;
  const padding = reader.bytes(valuePadding(value.length), 'padding');
  const computed = crc32(partition.subarray(offset, reader.offset), 0xffffffff);
  const found = reader.uint32('CRC');
  if (found !== computed) {
    const crcs = { found: toHexOffset(found), computed: toHexOffset(computed) };
    throw secureCertError('SECURE_CERT_CRC', { type, offset: toHexOffset(offset), ...crcs });
  }
  const bad = padding.findIndex((byte) => byte !== 0);
  if (bad !== -1) throw secureCertError('SECURE_CERT_PADDING', { type, offset: toHexOffset(paddingOffset + bad) });
  return { offset, flags, reserved, type, subtype, value };
}

function readReserved(reader: ByteReader): 0 | 0xff {
  const { offset } = reader;
  const [first, second, third] = reader.bytes(3, 'reserved bytes');
  if (first === second && first === third && (first === 0 || first === 0xff)) return first;
  throw secureCertError('SECURE_CERT_RESERVED', { offset: toHexOffset(offset) });
}

function ended<Entries>(partition: Uint8Array, end: number, entries: Entries): Entries {
  const rest = partition.subarray(end).findIndex((byte) => byte !== 0xff);
  if (rest === -1) return entries;
  throw secureCertError('SECURE_CERT_AFTER_END', { end: toHexOffset(end), offset: toHexOffset(end + rest) });
}
