import { concatBytes } from '@mkiot/core/bytes/bytes';
import { crc32 } from '@mkiot/core/bytes/crc32';
import { toHexOffset } from '../bytes/hexOffset.ts';
import {
  SECURE_CERT_CRC_BYTES,
  SECURE_CERT_HEADER_BYTES,
  SECURE_CERT_MAGIC,
  SECURE_CERT_PARTITION_BYTES,
  type SecureCertEntry,
  valuePadding,
} from './secureCertEntry.ts';
import { secureCertError } from './secureCertErrors.ts';

/**
 * An esp_secure_cert partition with these TLVs, one behind the other, and erased flash behind them.
 *
 * @param size of the partition in bytes
 * @throws `SECURE_CERT_LONG`, `SECURE_CERT_FULL`, `SECURE_CERT_FIELD`, `SECURE_CERT_DUPLICATE`
 */
export function buildSecureCert(
  entries: readonly SecureCertEntry[],
  size: number = SECURE_CERT_PARTITION_BYTES,
): Uint8Array<ArrayBuffer> {
  const seen = new Set<number>();
  let end = 0;
  const parts = entries.map((entry) => {
    const { type, subtype } = entry;
    const bytes = buildEntry(entry);
    if (seen.has(type * 0x100 + subtype)) {
      throw secureCertError('SECURE_CERT_DUPLICATE', { type, subtype, offset: toHexOffset(end) });
    }
    seen.add(type * 0x100 + subtype);
    end += bytes.length;
    return bytes;
  });
  if (end > size) throw secureCertError('SECURE_CERT_FULL', { bytes: end, size });
  return concatBytes(...parts, new Uint8Array(size - end).fill(0xff));
}

function buildEntry({ flags, reserved, type, subtype, value }: SecureCertEntry): Uint8Array {
  for (const [field, found] of Object.entries({ flags, type, subtype })) {
    if (!Number.isInteger(found) || found < 0 || found > 0xff)
      throw secureCertError('SECURE_CERT_FIELD', { field, found });
  }
  if (value.length > 0xffff) throw secureCertError('SECURE_CERT_LONG', { type, bytes: value.length });
  const covered = SECURE_CERT_HEADER_BYTES + value.length + valuePadding(value.length);
  const bytes = new Uint8Array(covered + SECURE_CERT_CRC_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SECURE_CERT_MAGIC, true);
  bytes.set([flags, reserved, reserved, reserved, type, subtype], 4);
  view.setUint16(10, value.length, true);
  bytes.set(value, SECURE_CERT_HEADER_BYTES);
  view.setUint32(covered, crc32(bytes.subarray(0, covered), 0xffffffff), true);
  return bytes;
}
