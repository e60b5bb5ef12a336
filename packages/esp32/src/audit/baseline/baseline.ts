import { isJsonObject } from '@mkiot/core/json/jsonObject';
import { baselineError } from './baselineErrors.ts';

/** Findings that somebody has looked at and answers for, for a while. */
export interface Baseline {
  readonly source: string;
  readonly accepted: readonly AcceptedEvidence[];
}

export interface AcceptedEvidence {
  readonly rule: string;
  /** Of `evidenceFingerprint`, as reports show it. */
  readonly evidence: string;
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD` in UTC. */
  readonly until: string;
}

const BASELINE_FORMAT = 'mkiot-audit-baseline';
const BASELINE_VERSION = 1;

/**
 * Reads a baseline file. There is no way to accept something for ever, or without a reason.
 *
 * @param source its name, for errors
 * @param rules ids of all rules
 * @throws `BASELINE_NOT_JSON`, `BASELINE_FORMAT`, `BASELINE_ENTRY`, `BASELINE_RULE_UNKNOWN`
 */
export function parseBaseline(text: string, source: string, rules: ReadonlySet<string>): Baseline {
  const accepted = listOf(parseJson(text, source), source).map((entry, index) => readEntry(entry, index + 1, source));
  for (const [index, { rule }] of accepted.entries()) {
    // A rule that was renamed or mistyped would accept nothing, and nobody would notice.
    if (!rules.has(rule)) throw baselineError('BASELINE_RULE_UNKNOWN', { source, entry: index + 1, rule });
  }
  return { source, accepted };
}

/** Whether an entry no longer holds at `nowMs`, milliseconds since 1970. */
export function isExpired({ until }: AcceptedEvidence, nowMs: number): boolean {
  return nowMs >= Date.parse(`${until}T00:00:00Z`) + DAY_MS;
}

const DAY_MS = 86_400_000;

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw baselineError('BASELINE_NOT_JSON', { source, reason: (error as Error).message }, error);
  }
}

function listOf(json: unknown, source: string): readonly unknown[] {
  const { format, version, accepted } = isJsonObject(json) ? json : {};
  if (format === BASELINE_FORMAT && version === BASELINE_VERSION && Array.isArray(accepted)) return accepted;
  throw baselineError('BASELINE_FORMAT', { source, format: BASELINE_FORMAT, version: BASELINE_VERSION });
}

/** The members of an entry: what each has to be, in words and as a test. */
const MEMBERS = {
  rule: ['the id of a rule', (text: string) => text !== ''],
  evidence: ['the 16 hexadecimal digits that a report shows', (text: string) => /^[0-9a-f]{16}$/.test(text)],
  reason: ['a text that says why this is accepted', (text: string) => text.trim() !== ''],
  until: ['a date as YYYY-MM-DD', isDate],
} as const;

function readEntry(entry: unknown, number: number, source: string): AcceptedEvidence {
  const read = (member: keyof typeof MEMBERS): string => {
    const [allowed, isRight] = MEMBERS[member];
    const value = isJsonObject(entry) ? entry[member] : undefined;
    if (typeof value === 'string' && isRight(value)) return value;
    throw baselineError('BASELINE_ENTRY', { source, entry: number, member, allowed });
  };
  return { rule: read('rule'), evidence: read('evidence'), reason: read('reason'), until: read('until') };
}

/** Dates such as 2027-02-30 are none. */
function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
