import { base64Decode } from '@mkiot/core/bytes/base64';
import { concatBytes, utf8Decode } from '@mkiot/core/bytes/bytes';
import type { NvsValueRow } from './buildNvs.ts';
import { nvsError } from './nvsErrors.ts';

/** Encodings of nvs_partition_gen, and the types that their values are stored as. */
const ENCODINGS = {
  u8: 'uint8_t',
  i8: 'int8_t',
  u16: 'uint16_t',
  i16: 'int16_t',
  u32: 'uint32_t',
  i32: 'int32_t',
  u64: 'uint64_t',
  i64: 'int64_t',
  string: 'string',
  hex2bin: 'blob',
  base64: 'blob',
  binary: 'blob',
} as const;

const FILLED = /^blob_(sz_)?fill\((\d{1,6});0x([\da-f]{2})\)$/i;

export interface NvsCsvCell {
  readonly line: number;
  readonly encoding: string;
  /** As UTF-8 in the CSV, or the contents of the file that it names. */
  readonly value: Uint8Array;
}

/** Type and value of a cell. @throws `NVS_CSV_ENCODING`, `NVS_CSV_VALUE` */
export function nvsCsvValue(cell: NvsCsvCell): Pick<NvsValueRow, 'type' | 'value'> {
  const filled = FILLED.exec(cell.encoding);
  if (filled !== null) return { type: 'blob', value: filledBlob(cell, filled) };
  const encoding = cell.encoding.toLowerCase();
  if (!isEncoding(encoding)) {
    const allowed = Object.keys(ENCODINGS).join(', ');
    throw nvsError('NVS_CSV_ENCODING', { line: cell.line, found: cell.encoding, allowed });
  }
  const type = ENCODINGS[encoding];
  if (type === 'string') return { type, value: stringOf(cell) };
  if (type !== 'blob') return { type, value: integerOf(cell) };
  if (encoding === 'binary') return { type, value: cell.value };
  return { type, value: encoding === 'base64' ? base64Of(cell) : hexOf(cell) };
}

function isEncoding(encoding: string): encoding is keyof typeof ENCODINGS {
  return Object.hasOwn(ENCODINGS, encoding);
}

/** A blob of a fixed length: the value, filled up with one byte; with `sz`, the length of the value before it. */
function filledBlob(cell: NvsCsvCell, [, withSize, length, byte]: RegExpExecArray): Uint8Array {
  const bytes = Number(length);
  if (cell.value.length > bytes) throw valueError(cell, `at most ${bytes} bytes`);
  const filled = new Uint8Array(bytes).fill(Number.parseInt(byte ?? '', 16));
  filled.set(cell.value);
  if (withSize === undefined) return filled;
  const size = new DataView(new ArrayBuffer(4));
  size.setUint32(0, cell.value.length, true);
  return concatBytes(new Uint8Array(size.buffer), filled);
}

function stringOf(cell: NvsCsvCell): string {
  const text = textOf(cell);
  if (text.includes('\0')) throw valueError(cell, 'a text without a zero');
  return text;
}

function integerOf(cell: NvsCsvCell): bigint {
  const text = textOf(cell).trim();
  if (/^[+-]?\d{1,20}$/.test(text)) return BigInt(text.replace(/^\+/, ''));
  throw valueError(cell, 'a whole number in decimal');
}

function hexOf(cell: NvsCsvCell): Uint8Array {
  const text = textOf(cell).trim();
  if (/^(?:[\da-f]{2})*$/i.test(text)) {
    return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  }
  throw valueError(cell, 'an even number of hexadecimal digits');
}

function base64Of(cell: NvsCsvCell): Uint8Array {
  const bytes = base64Decode(textOf(cell).replaceAll(/\s/g, ''));
  if (bytes !== undefined) return bytes;
  throw valueError(cell, 'base64');
}

function textOf(cell: NvsCsvCell): string {
  try {
    return utf8Decode(cell.value);
  } catch {
    throw valueError(cell, 'text in UTF-8');
  }
}

function valueError({ line, encoding }: NvsCsvCell, expected: string): Error {
  return nvsError('NVS_CSV_VALUE', { line, encoding, expected });
}
