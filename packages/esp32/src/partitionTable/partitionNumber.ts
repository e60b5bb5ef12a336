import { partitionError } from './partitionErrors.ts';

/** A number as gen_esp32part.py reads it: decimal, 0x, 0o or 0b, with a sign, times 1024 for K or 1024² for M. */
export function numberWithSuffix(text: string, line: number): number {
  const number = parseNumber(text);
  if (number === undefined) throw partitionError('PARTITION_CSV', { line, says: `Invalid field value ${text}` });
  return number;
}

/** A number, or one of the names of a table. */
export function numberOrKeyword(text: string, keywords: Readonly<Record<string, number>>, line: number): number {
  const keyword = text.toLowerCase();
  const value = parseNumber(text) ?? (Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined);
  if (value !== undefined) return value;
  const known = Object.keys(keywords).join(', ');
  const says = known === '' ? `Invalid field value ${text}` : `Value '${text}' is not valid. Known keywords: ${known}`;
  throw partitionError('PARTITION_CSV', { line, says });
}

const UNITS: Readonly<Record<string, number>> = { k: 0x400, m: 0x100000 };

/** As Python writes them, with an underscore between digits where one likes. */
const NUMBER =
  /^([+-]?)(0x_?[\da-f]+(?:_[\da-f]+)*|0o_?[0-7]+(?:_[0-7]+)*|0b_?[01]+(?:_[01]+)*|0+(?:_0+)*|[1-9]\d*(?:_\d+)*)([km]?)$/i;

function parseNumber(text: string): number | undefined {
  const [, sign, digits = '', unit = ''] = NUMBER.exec(text) ?? [];
  if (digits === '') return undefined;
  const number = Number(digits.replaceAll('_', '')) * (UNITS[unit.toLowerCase()] ?? 1) * (sign === '-' ? -1 : 1);
  return Math.abs(number) < 2 ** 32 ? number : undefined;
}
