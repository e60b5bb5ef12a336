import { EFUSE_KINDS, type EfuseField, type EfuseKind } from './chip.ts';

/**
 * Reads a table of eFuse fields, one a line: name and other names with `/` between, block, first bit, number of bits,
 * kind, WR_DIS bit, RD_DIS bits, category, description, and in braces what single values mean.
 *
 * @throws TypeError where our own table is wrong, with the line
 */
export function efuseFieldTable(table: string): readonly EfuseField[] {
  return table.trim().split('\n').map(parseRow);
}

const ROW = /^(\S+) +(\d+) +(\d+) +(\d+) +(\w+) +(\d+|-) +([\d,]+|-) +(\w+)(?: +(.*?))??(?: +\{(\d+: [^{}]*)\})?$/;

function parseRow(line: string): EfuseField {
  const [, names = '', block, bit, bits, kind = '', writeBit, readBits, category = '', description = '', meanings] =
    ROW.exec(line) ?? [];
  const [name = '', ...otherNames] = names.split('/');
  if (name === '' || !isKind(kind)) throw new TypeError(`no row of an eFuse table: ${line}`);
  return {
    name,
    otherNames,
    block: Number(block),
    bit: Number(bit),
    bits: Number(bits),
    kind,
    writeProtectBit: writeBit === '-' ? undefined : Number(writeBit),
    readProtectBits: readBits === '-' ? [] : (readBits ?? '').split(',').map(Number),
    category: category.replace('_', ' '),
    description,
    meanings: parseMeanings(meanings),
  };
}

function isKind(kind: string): kind is EfuseKind {
  return (EFUSE_KINDS as readonly string[]).includes(kind);
}

function parseMeanings(text: string | undefined): Readonly<Record<number, string>> {
  const pairs = text?.split('; ') ?? [];
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 2)]));
}
