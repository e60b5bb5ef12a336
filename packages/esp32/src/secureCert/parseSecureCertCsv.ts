// esp_secure_cert_mgr, docs/esp_secure_cert_tools/configure_esp_secure_cert_csv.md.
import { base64Decode } from '@mkiot/core/bytes/base64';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { sha256 } from '../bytes/sha256.ts';
import { csvRows } from '../csv/csvRows.ts';
import { buildSecureCert } from './buildSecureCert.ts';
import { certificateValue, privateKeyValue } from './secureCertPem.ts';
import { SECURE_CERT_TYPES, secureCertBytes, type SecureCertEntry } from './secureCertEntry.ts';
import { secureCertError } from './secureCertErrors.ts';

const COLUMNS = ['tlv_type', 'tlv_subtype', 'data_value', 'data_type', 'priv_key_type'] as const;

type Cells = Readonly<Record<(typeof COLUMNS)[number], string>> & { readonly line: number };

const { CA_CERT, DEV_CERT, PRIV_KEY, USER_DATA_1, INTEGRITY } = SECURE_CERT_TYPES;

/**
 * The TLVs that configure_esp_secure_cert.py makes of its CSV, byte for byte, with the integrity TLV behind them. Private keys in
 * it were made elsewhere, and will lie in the partition in plain.
 *
 * @param readFile gives the contents of a file by the path in the CSV
 * @throws a `secureCertError` with the line, and as `csvRows`; none holds a value
 */
export async function parseSecureCertCsv(
  csv: Uint8Array,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<readonly SecureCertEntry[]> {
  const [heading, ...rows] = csvRows(csv);
  const names = heading?.cells.map((cell) => cell.trim()) ?? [];
  const missing = COLUMNS.find((column) => !names.includes(column));
  if (missing !== undefined) throw secureCertError('SECURE_CERT_CSV_HEADER', { missing });
  const entries: SecureCertEntry[] = [];
  for (const { line, cells } of rows) {
    const cell = (column: (typeof COLUMNS)[number]): string => cells[names.indexOf(column)]?.trim() ?? '';
    const row = Object.fromEntries(COLUMNS.map((column) => [column, cell(column)])) as Omit<Cells, 'line'>;
    entries.push(await entryOf({ ...row, line }, readFile));
  }
  const digest = sha256(buildSecureCert(entries, secureCertBytes(entries)));
  return [...entries, { flags: 0, reserved: 0, type: INTEGRITY, subtype: 0, value: digest }];
}

async function entryOf(row: Cells, readFile: (path: string) => Promise<Uint8Array>): Promise<SecureCertEntry> {
  const type = typeOf(row);
  const subtype = /^\d{1,3}$/.test(row.tlv_subtype) ? Number(row.tlv_subtype) : 255;
  if (subtype > 254) throw cellError(row, 'tlv_subtype', 'a number from 0 to 254');
  const isPem = type === CA_CERT || type === DEV_CERT || type === PRIV_KEY;
  if (isPem && row.data_type !== 'file' && row.data_type !== 'string') {
    throw cellError(row, 'data_type', 'file or string for certificates and keys');
  }
  // All else needs a key in the eFuses, which was made with it.
  if (type === PRIV_KEY && row.priv_key_type.toLowerCase() !== 'plaintext') {
    throw secureCertError('SECURE_CERT_CSV_KEY_TYPE', { line: row.line });
  }
  const bytes = await bytesOf(row, readFile);
  return { flags: 0, reserved: 0, type, subtype, value: isPem ? storedValue(type, bytes, row.line) : bytes };
}

function storedValue(type: number, contents: Uint8Array, line: number): Uint8Array {
  return type === PRIV_KEY ? privateKeyValue(contents, line) : certificateValue(contents, line);
}

/** By its name, or as the number of what the tool does not make by itself. */
function typeOf(row: Cells): number {
  const [, name] = /^ESP_SECURE_CERT_(\w+)_TLV$/.exec(row.tlv_type) ?? [];
  const named = Object.entries(SECURE_CERT_TYPES).find(([known]) => known === name)?.[1];
  const type = named ?? (/^\d{1,3}$/.test(row.tlv_type) ? Number(row.tlv_type) : 255);
  const isGiven = type === CA_CERT || type === DEV_CERT || type === PRIV_KEY || (type >= USER_DATA_1 && type < 255);
  if (isGiven) return type;
  throw cellError(row, 'tlv_type', 'of a certificate, a private key or data of the user');
}

async function bytesOf(row: Cells, readFile: (path: string) => Promise<Uint8Array>): Promise<Uint8Array> {
  const { data_type: type, data_value: value } = row;
  if (value === '') throw cellError(row, 'data_value', 'not empty');
  if (type === 'file') return readFile(value);
  if (type === 'string') return utf8Encode(value);
  if (type === 'base64') return base64Decode(value) ?? fail(cellError(row, 'data_value', 'base64'));
  if (type !== 'hex') throw cellError(row, 'data_type', 'file, string, hex or base64');
  const digits = value.replaceAll(' ', '');
  if (!/^(?:[\da-f]{2})+$/i.test(digits)) throw cellError(row, 'data_value', 'an even number of hexadecimal digits');
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function fail(error: Error): never {
  throw error;
}

function cellError({ line }: Cells, column: string, expected: string): Error {
  return secureCertError('SECURE_CERT_CSV_CELL', { line, column, expected });
}
