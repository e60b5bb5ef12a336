import type { Chip, EfuseField } from '../chips/chip.ts';
import { CHIPS } from '../chips/chips.ts';
import { burnBits } from './bits.ts';
import { blockBytes, CODING_SCHEME, type EfuseDump } from './efuseDump.ts';
import { efuseError } from './efuseErrors.ts';
import { fieldNames } from './efuseFields.ts';
import { isBytes, numberValue, pythonText } from './efuseValue.ts';

/** What a summary says of one field, under the name that its version of espefuse has for it. */
export interface SummaryFact {
  readonly name: string;
  /** "line 12" or "member \"MAC\"", for errors. */
  readonly where: string;
  /** What is printed, or what JSON has. */
  readonly value: unknown;
  /** The bits, where they are printed: `0b011` or `0x1f`. */
  readonly raw: string | undefined;
}

/**
 * The chip that a summary is of: the one that has most of its fields.
 *
 * @param chip the chip that the user has named
 * @throws `EFUSE_WRONG_CHIP`, `EFUSE_CHIP_NEEDED`
 */
export function chipOfFacts(facts: readonly SummaryFact[], chip?: Chip): Chip {
  const scores = Object.values(CHIPS).map((candidate) => ({ candidate, score: bestTable(facts, candidate).score }));
  const best = Math.max(...scores.map(({ score }) => score));
  const found = scores.filter(({ score }) => score === best).map(({ candidate }) => candidate);
  if (chip !== undefined && found.includes(chip)) return chip;
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    throw efuseError('EFUSE_CHIP_NEEDED', { candidates: found.map(({ label }) => label).join(', ') });
  }
  if (chip !== undefined) throw efuseError('EFUSE_WRONG_CHIP', { found: only.label, expected: chip.label });
  return only;
}

/**
 * Puts the bits back into blocks. Names that the chip does not have are passed over: newer versions of espefuse add some,
 * and all of them add fields that are calculated from others.
 *
 * @throws `EFUSE_SUMMARY_CUT`, `EFUSE_SUMMARY_VALUE`
 */
export function dumpOfFacts(facts: readonly SummaryFact[], chip: Chip): EfuseDump {
  const { names } = bestTable(facts, chip);
  const told = new Map<string, { field: EfuseField; fact: SummaryFact }>();
  for (const fact of facts) {
    const field = names.get(fact.name);
    if (field !== undefined && !told.has(field.name)) told.set(field.name, { field, fact });
  }
  const missing = neededFields(chip).find((name) => names.has(name) && !told.has(name));
  if (missing !== undefined) throw efuseError('EFUSE_SUMMARY_CUT', { field: missing });
  const coding = told.get('CODING_SCHEME');
  const scheme = coding === undefined ? CODING_SCHEME.none : numberOf(coding.fact, coding.field, chip);
  const blocks = chip.efuse.blocks.map((block) => new Uint8Array(blockBytes(block, scheme)));
  for (const { field, fact } of told.values()) burnField(blocks, field, fact, chip);
  return { chip, blocks, told: new Set(told.keys()) };
}

/** Revisions of a chip have different fields; the summary is of the one that has most of its. */
function bestTable(
  facts: readonly SummaryFact[],
  chip: Chip,
): { names: ReadonlyMap<string, EfuseField>; score: number } {
  const tables = chip.efuse.fieldTables.map(({ fields }) => {
    const names = fieldNames(fields);
    return { names, score: facts.filter(({ name }) => names.has(name)).length };
  });
  return tables.reduce((best, table) => (table.score >= best.score ? table : best));
}

/** What every version of espefuse shows, and without which nothing can be said about a chip. */
function neededFields(chip: Chip): readonly string[] {
  const keyBlocks = chip.efuse.blocks.filter(({ readProtectBits }) => readProtectBits.length > 0);
  return ['WR_DIS', 'RD_DIS', chip.flashEncryption.counterField, ...keyBlocks.map(({ name }) => name)];
}

function burnField(blocks: readonly Uint8Array[], field: EfuseField, fact: SummaryFact, chip: Chip): void {
  const block = blocks[field.block];
  if (block === undefined) throw new TypeError(`no block ${field.block}`);
  if (!isBytes(field)) return burnBits(block, field.bit, field.bits, numberOf(fact, field, chip));
  const bytes = bytesOf(fact, field, Math.min(field.bits, block.length * 8 - field.bit) / 8);
  for (const [index, byte] of bytes.entries()) burnBits(block, field.bit + 8 * index, 8, byte);
}

function numberOf(fact: SummaryFact, field: EfuseField, chip: Chip): number {
  const raw = fact.raw === undefined ? rawShownAs(fact.value, field, chip) : Number(fact.raw);
  // A read-protected field shows question marks, and its bits are zeros.
  if (raw === undefined && typeof fact.value === 'string' && fact.value.includes('?')) return 0;
  if (raw !== undefined && Number.isSafeInteger(raw) && raw >= 0 && raw < 2 ** field.bits) return raw;
  throw wrongValue(fact, `a number of ${field.bits} bits`);
}

/**
 * The bits that are shown as `value`: short fields are tried through. Where several are shown alike, such as 0b001 and
 * 0b111 as "Enable", the lowest is taken, which claims the least.
 */
function rawShownAs(value: unknown, field: EfuseField, chip: Chip): number | undefined {
  if (field.kind === 'purpose') return rawPurpose(value, field, chip);
  if (field.bits > 16) return typeof value === 'number' ? value : undefined;
  for (let raw = 0; raw < 2 ** field.bits; raw++) {
    const shown = numberValue(chip.efuse.keyPurposes, field, raw);
    if (shown === value || pythonText(shown) === value) return raw;
  }
  return undefined;
}

/** A fifth bit of the purpose is another field, with a fact of its own. */
function rawPurpose(value: unknown, field: EfuseField, chip: Chip): number | undefined {
  const unnamed = Array.from({ length: 2 ** field.bits }, (_, raw) => raw).filter(
    (raw) => !chip.efuse.keyPurposes[raw],
  );
  if (value === 'FORBIDDEN_STATE') return unnamed[0];
  const raw = Object.entries(chip.efuse.keyPurposes).find(([, name]) => name === value)?.[0];
  return raw === undefined ? undefined : Number(raw) % 2 ** field.bits;
}

function bytesOf(fact: SummaryFact, field: EfuseField, length: number): Uint8Array {
  const text = typeof fact.value === 'string' ? fact.value : '';
  const digits = /^((?:[0-9a-f?]{2}[ :])*[0-9a-f?]{2})(?: \(.*\))?$/.exec(text)?.[1]?.split(/[ :]/);
  if (digits?.length !== length) throw wrongValue(fact, `${length} bytes in hexadecimal`);
  const bytes = Uint8Array.from(digits, (byte) => Number.parseInt(byte.replaceAll('?', '0'), 16));
  return field.kind === 'mac' && field.name !== 'CUSTOM_MAC' ? bytes.reverse() : bytes;
}

function wrongValue({ name, where }: SummaryFact, expected: string): Error {
  return efuseError('EFUSE_SUMMARY_VALUE', { where, field: name, expected });
}
