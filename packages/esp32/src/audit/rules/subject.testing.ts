import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { ChipName } from '../../chips/chip.ts';
import { CHIPS } from '../../chips/chips.ts';
import { blankEfuses, type Burn, burnEfuses } from '../../efuse/burnEfuses.ts';
import type { EfuseDump } from '../../efuse/efuseDump.ts';
import { parsePartitionCsv } from '../../partitionTable/parsePartitionCsv.ts';
import type { Partition } from '../../partitionTable/partition.ts';
import { parseBootLog } from '../bootLog/parseBootLog.ts';
import type { FlashDump } from '../flash/flashDump.ts';
import type { Judgement, Rule } from '../rule.ts';
import { parseSdkconfig } from '../sdkconfig/parseSdkconfig.ts';
import type { AuditSubject, FromInput } from '../subject.ts';

export interface SubjectParts {
  readonly efuse?: EfuseDump;
  readonly log?: string;
  readonly sdkconfig?: string;
  readonly partitions?: readonly Partition[];
  readonly flash?: FlashDump;
  readonly publicKeys?: AuditSubject['publicKeys'];
  readonly batch?: readonly AuditSubject[];
}

/** A device of which the inputs show these parts. */
export function subjectOf(parts: SubjectParts): AuditSubject {
  const { efuse, log, sdkconfig, partitions, flash } = parts;
  return {
    ...(efuse && { chip: efuse.chip, efuse: from('efuse.txt', efuse) }),
    ...(log !== undefined && { bootLog: from('boot.log', parseBootLog(utf8Encode(log))) }),
    ...(sdkconfig !== undefined && { sdkconfig: from('sdkconfig', parseSdkconfig(sdkconfig)) }),
    ...(partitions && { partitionTable: from('partitions.csv', partitions) }),
    ...(flash && { flash: from('flash.bin', flash) }),
    publicKeys: parts.publicKeys ?? [],
    batch: parts.batch ?? [],
  };
}

function from<T>(source: string, value: T): FromInput<T> {
  return { source, value };
}

/** A chip on which `burns` were burned one after the other: fields to 1, `NAME=value`, `key NAME`, `wp NAME`, `rp NAME`. */
export function burned(chip: ChipName, burns: string, revision: number = chip === 'esp32' ? 300 : 0): EfuseDump {
  return burns
    .split(/\s*,\s*/)
    .filter((burn) => burn !== '')
    .map(burnOf)
    .reduce(burnEfuses, blankEfuses(CHIPS[chip], revision));
}

function burnOf(text: string): Burn {
  const [kind = '', name = ''] = text.split(' ');
  if (kind === 'key') {
    // Each key differs in every block, and is no pattern.
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => (name.length * 31 + index * index * 7 + 1) & 0xff);
    return { kind: 'key', field: name, bytes };
  }
  if (kind === 'wp') return { kind: 'write-protect', field: name };
  if (kind === 'rp') return { kind: 'read-protect', field: name };
  const [field = '', value = '1'] = kind.split('=');
  return { kind: 'field', field, value: Number(value) };
}

/** What a rule has to see, and what looks alike and is none. */
export interface RuleCase {
  readonly rule: Rule;
  readonly sees: readonly (readonly [what: string, parts: SubjectParts])[];
  readonly passes: readonly (readonly [what: string, parts: SubjectParts])[];
  /** Inputs that say nothing about it. */
  readonly notJudged?: readonly (readonly [what: string, parts: SubjectParts])[];
}

/** The partition table of these lines of CSV, at its usual place. */
export function partitionsOfCsv(...lines: readonly string[]): readonly Partition[] {
  return parsePartitionCsv(utf8Encode(lines.join('\n')), { tableOffset: 0x8000, variables: {} });
}

/** A test, for the runner to run. */
export interface RuleCheck {
  readonly name: string;
  readonly run: () => void;
}

/** The tests of `cases`. */
export function ruleChecks(cases: readonly RuleCase[]): readonly RuleCheck[] {
  return cases.flatMap(({ rule, sees, passes, notJudged = [] }) => [
    ...sees.map(([what, parts]) => check(rule, 'sees', what, parts)),
    ...passes.map(([what, parts]) => check(rule, 'passes', what, parts)),
    ...notJudged.map(([what, parts]) => check(rule, 'does not judge', what, parts)),
  ]);
}

type Verdict = 'sees' | 'passes' | 'does not judge';

function check(rule: Rule, expected: Verdict, what: string, parts: SubjectParts): RuleCheck {
  return {
    name: `${rule.id} ${expected} ${what}`,
    run: () => {
      const found = verdictOf(rule.check(subjectOf(parts)));
      if (found !== expected) throw new Error(`${rule.id} ${found} ${what}`);
    },
  };
}

function verdictOf(judged: Judgement): Verdict {
  if ('notJudged' in judged) return 'does not judge';
  return judged.length > 0 ? 'sees' : 'passes';
}

/** The severities of what a rule sees; one that does not judge sees nothing. */
export function observed(rule: Rule, parts: SubjectParts): readonly string[] {
  const judged: Judgement = rule.check(subjectOf(parts));
  return 'notJudged' in judged ? [] : judged.map(({ severity }) => severity ?? rule.severity);
}
