import { efuseError } from './efuseErrors.ts';
import type { SummaryFact } from './summaryFacts.ts';

/**
 * Reads the output of `espefuse summary --format json`, with whatever the tool printed before it.
 *
 * @throws `EFUSE_SUMMARY_JSON`
 */
export function parseSummaryJson(text: string): readonly SummaryFact[] {
  const members = Object.entries(parseObject(text.slice(text.search(/^\{/m))));
  return members.map(([name, entry]): SummaryFact => {
    const isEntry = typeof entry === 'object' && entry !== null && 'value' in entry && 'readable' in entry;
    if (!isEntry) throw efuseError('EFUSE_SUMMARY_JSON', { reason: `"${name}" has no "value" and "readable"` });
    return { name, where: `member "${name}"`, value: entry.value, raw: rawOf(entry) };
  });
}

/** Whether the text has a line that begins like a JSON object. */
export function looksLikeJson(text: string): boolean {
  return /^\{/m.test(text);
}

function parseObject(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch (error) {
    throw efuseError('EFUSE_SUMMARY_JSON', { reason: 'it is cut short or broken' }, error);
  }
}

/** Only the newest espefuse tells the bits; what is bytes has them in its value too. */
function rawOf(entry: object): string | undefined {
  const [type, raw] = ['efuse_type', 'raw_value'].map((name) => (entry as Readonly<Record<string, unknown>>)[name]);
  const isNumber = typeof type === 'string' && !type.startsWith('bytes');
  return isNumber && typeof raw === 'string' && /^0x[0-9a-f]+$/.test(raw) ? raw : undefined;
}
