import { severityRank } from '../audit.ts';
import type { Finding, NotJudged, Severity } from '../finding.ts';
import type { AuditSubject } from '../subject.ts';

/** Best first. `?`: too little was looked at to say that it is good. */
export const GRADES = ['A', 'B', 'C', '?', 'D', 'F'] as const;

export type Grade = (typeof GRADES)[number];

/** The grade that the worst finding leaves. */
const BY_SEVERITY: Readonly<Record<Severity, Grade>> = { critical: 'F', high: 'D', medium: 'C', low: 'B', info: 'A' };

export interface Graded {
  readonly grade: Grade;
  /** What was missing for a better grade than `?`. */
  readonly ungraded?: string;
}

/**
 * The grade of a device follows from its worst finding that nobody answers for: F for critical, D for high, C for medium, B for
 * low, A for none or information alone. One finding is enough for D and F; A, B and C have to be earned: the eFuses and a
 * whole flash dump were there, all of it was looked at, and no rule broke. Else the grade is `?`.
 */
export function gradeOf(
  findings: readonly Finding[],
  notJudged: readonly NotJudged[],
  subject: AuditSubject,
  isWhole: boolean,
): Graded {
  const worst = findings.reduce<Severity>(
    (worst, { severity }) => (severityRank(severity) > severityRank(worst) ? severity : worst),
    'info',
  );
  const grade = BY_SEVERITY[worst];
  if (grade === 'D' || grade === 'F') return { grade };
  const ungraded = whatIsMissing(notJudged, subject, isWhole);
  return ungraded === undefined ? { grade } : { grade: '?', ungraded };
}

function whatIsMissing(
  notJudged: readonly NotJudged[],
  { efuse, flash }: AuditSubject,
  isWhole: boolean,
): string | undefined {
  if (efuse === undefined) return 'without the eFuses nobody can say what protects this device';
  if (flash === undefined) return 'without a flash dump nobody can say what can be read out of this device';
  if (notJudged.some(({ code }) => code === 'RULE_FAILED')) return 'a rule broke, so not everything was looked at';
  return isWhole ? undefined : 'not everything could be looked at';
}

/** The worst of all grades. */
export function worstGrade(grades: readonly Grade[]): Grade {
  return grades.reduce((worst, grade) => (GRADES.indexOf(grade) > GRADES.indexOf(worst) ? grade : worst), 'A');
}
