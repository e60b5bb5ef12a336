import { efuseError } from './efuseErrors.ts';
import type { SummaryFact } from './summaryFacts.ts';

/** Longer lines are none of espefuse's. */
const MAX_LINE = 1_000;

/** `NAME (BLOCK0)   …` of v4 and v5, `NAME (BLOCK0):  …` of v3, `NAME   …` of v2. */
const NAME = /^([A-Z][A-Z0-9_]+)(?: \(BLOCK\d+\)(?:\[error\])?:?|(?= {2,}))/;

/** `= value R/W (0b01)`, at the end of the line of the name or on a line of its own further down. */
const VALUE = /(?:^|\s)= (\S.*) (?:R\/W|R\/-|-\/W|-\/-)(?: \((0x[0-9a-f]+|0b[01]+)\))?\s*$/;

/**
 * Reads the text of `espefuse summary`, of versions 2 to 5, with whatever the tool printed before and after it.
 *
 * @returns what it says of each field, in its order; nothing where this is no summary
 * @throws `EFUSE_SUMMARY_FIELD_TWICE`, `EFUSE_SUMMARY_CUT`
 */
export function parseSummaryText(text: string): readonly SummaryFact[] {
  const facts = new Map<string, SummaryFact>();
  let name: string | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.length > MAX_LINE) continue;
    name = NAME.exec(line)?.[1] ?? name;
    const [, value, raw] = VALUE.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (facts.has(name)) throw efuseError('EFUSE_SUMMARY_FIELD_TWICE', { field: name, line: index + 1 });
    // A description may have " = " in it; the value is behind the last one.
    facts.set(name, { name, where: `line ${index + 1}`, value: value.split(' = ').at(-1), raw });
    name = undefined;
  }
  if (facts.size > 0 && name !== undefined) throw efuseError('EFUSE_SUMMARY_CUT', { field: `value of ${name}` });
  return [...facts.values()];
}
