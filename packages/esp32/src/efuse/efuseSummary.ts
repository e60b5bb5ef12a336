import type { EfuseField, EfuseSum } from '../chips/chip.ts';
import { type EfuseDump, fieldBits, isReadProtected, isWriteProtected, rawBytes, rawNumber } from './efuseDump.ts';
import { fieldsOf, sumsOf, sumValue } from './efuseFields.ts';
import { type EfuseValue, efuseValue, eui64, hexBytes, isBytes, pythonText } from './efuseValue.ts';

/** One field as `espefuse summary --format json` tells it; names and values are that tool's. */
export interface EfuseEntry {
  readonly bit_len: number;
  readonly block: number;
  readonly category: string;
  readonly description: string;
  readonly efuse_type: string;
  readonly name: string;
  /** Bit in the word; null for what is put together from other fields. */
  readonly pos: number | null;
  /** `0x` and the bits; for bytes the bytes in the order of `value`. */
  readonly raw_value: string;
  readonly readable: boolean;
  readonly value: EfuseValue;
  readonly word: number | null;
  readonly writeable: boolean;
}

/** Every field of `dump`, in the order of the chip's table. A read-protected value is question marks. */
export function efuseEntries(dump: EfuseDump): readonly EfuseEntry[] {
  const fields = fieldsOf(dump);
  const entries = fields.map((field) => fieldEntry(dump, field, fields));
  const sums = sumsOf(dump).map((sum) => sumEntry(dump, sum));
  return [...entries, ...eui64Entries(dump, fields), ...sums];
}

function fieldEntry(dump: EfuseDump, field: EfuseField, fields: readonly EfuseField[]): EfuseEntry {
  const bits = fieldBits(dump, field);
  const value = efuseValue(dump, field, fields);
  const hidden = field.readProtectBits.map((bit) => isReadProtected(dump, bit));
  const readable = !hidden.includes(true);
  return {
    bit_len: bits,
    block: field.block,
    category: field.category,
    description: field.description,
    efuse_type: efuseType(field, bits),
    name: field.name,
    pos: field.bit % 32,
    raw_value: isBytes(field) ? `0x${hexBytes(rawBytes(dump, field), '')}` : rawHex(rawNumber(dump, field), bits),
    readable,
    value: readable ? value : hide(pythonText(value), hidden),
    word: Math.floor(field.bit / 32),
    writeable: field.writeProtectBit === undefined || !isWriteProtected(dump, field.writeProtectBit),
  };
}

function efuseType(field: EfuseField, bits: number): string {
  if (isBytes(field)) return `bytes:${bits / 8}`;
  return bits === 1 ? 'bool' : `uint:${bits}`;
}

/** Each read-protect bit hides its part of the text; the noughts in it are all that a reader gets. */
function hide(text: string, hidden: readonly boolean[]): string {
  const part = Math.floor(text.length / hidden.length);
  return hidden
    .map((isHidden, index) => {
      const piece = text.slice(index * part, index === hidden.length - 1 ? undefined : (index + 1) * part);
      return isHidden ? piece.replaceAll('0', '?') : piece;
    })
    .join('');
}

function sumEntry(dump: EfuseDump, sum: EfuseSum): EfuseEntry {
  const value = sumValue(dump, sum);
  return {
    ...calculated(sum.name, sum.category, sum.description, sum.bits),
    block: 0,
    efuse_type: `uint:${sum.bits}`,
    raw_value: rawHex(value, sum.bits),
    value,
  };
}

function eui64Entries(dump: EfuseDump, fields: readonly EfuseField[]): readonly EfuseEntry[] {
  const bytes = dump.chip.efuse.hasEui64 ? eui64(dump, fields) : undefined;
  if (bytes === undefined) return [];
  return [
    {
      ...calculated('MAC_EUI64', 'MAC', 'MAC with MAC_EXT in its middle', 64),
      block: 1,
      efuse_type: 'bytes:8',
      raw_value: `0x${hexBytes(bytes, '')}`,
      value: `${hexBytes(bytes, ':')} (OK)`,
    },
  ];
}

type Calculated = Omit<EfuseEntry, 'block' | 'efuse_type' | 'raw_value' | 'value'>;

function calculated(name: string, category: string, description: string, bits: number): Calculated {
  return { name, category, description, bit_len: bits, pos: null, word: null, readable: true, writeable: true };
}

function rawHex(value: number, bits: number): string {
  return `0x${value.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
}
