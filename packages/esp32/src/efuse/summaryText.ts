import type { EfuseDump } from './efuseDump.ts';
import { type EfuseEntry, efuseEntries } from './efuseSummary.ts';
import { pythonText } from './efuseValue.ts';

const NAME_WIDTH = 50;

/** The lines of a summary, laid out like that of espefuse v5, so that whatever reads that reads this. */
export function efuseSummaryLines(dump: EfuseDump): readonly string[] {
  const entries = efuseEntries(dump);
  const categories = [...new Set(entries.map(({ category }) => titled(category)))].sort();
  const heading = 'EFUSE_NAME (Block) Description  = [Meaningful Value] [Readable/Writeable] (Hex Value)';
  const lines = [heading, '-'.repeat(88)];
  for (const category of categories) {
    lines.push(`${category} fuses:`);
    for (const entry of entries) if (titled(entry.category) === category) lines.push(...entryLines(entry, entries));
    lines.push('');
  }
  return lines;
}

function entryLines(entry: EfuseEntry, entries: readonly EfuseEntry[]): readonly string[] {
  const value = pythonText(entry.value);
  const [first = '', ...rest] = wrapped(entry.description);
  const raw = entry.efuse_type.startsWith('bytes') ? '' : `(${rawBits(entry)})`;
  const shown = `= ${value} ${permissions(entry)} ${raw}`.trimEnd();
  const name = `${entry.name} (BLOCK${entry.block})`.padEnd(NAME_WIDTH);
  const purposeName = purposeField(entry);
  const purpose = entries.find(({ name: other }) => other === purposeName);
  const lead =
    purpose === undefined
      ? [`${name} ${first}`]
      : [name.trimEnd(), `  Purpose: ${pythonText(purpose.value)}`, `${' '.repeat(NAME_WIDTH)} ${first}`];
  const last = lead.at(-1) ?? '';
  const isLong = value.length > 20;
  const head = isLong ? [...lead, `   ${shown}`] : [...lead.slice(0, -1), `${last} ${shown}`];
  return [...head, ...rest.map((line) => `${' '.repeat(NAME_WIDTH)} ${line}`)];
}

/** BLOCK_KEY3 is for what KEY_PURPOSE_3 says. */
function purposeField({ name }: EfuseEntry): string | undefined {
  const key = /^BLOCK_KEY(\d)$/.exec(name)?.[1];
  return key === undefined ? undefined : `KEY_PURPOSE_${key}`;
}

function wrapped(description: string): readonly string[] {
  const count = Math.max(1, Math.ceil(description.length / NAME_WIDTH));
  return Array.from({ length: count }, (_, index) =>
    description.slice(index * NAME_WIDTH, (index + 1) * NAME_WIDTH).padEnd(NAME_WIDTH),
  );
}

/** Binary, or hexadecimal where whole digits fit. */
function rawBits({ raw_value: hex, bit_len: bits }: EfuseEntry): string {
  return bits % 4 === 0 ? hex : `0b${BigInt(hex).toString(2).padStart(bits, '0')}`;
}

function permissions({ readable, writeable }: EfuseEntry): string {
  return `${readable ? 'R' : '-'}/${writeable ? 'W' : '-'}`;
}

function titled(category: string): string {
  return category.toLowerCase().replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
