import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { type Finding, type NotJudged, SEVERITIES, type Severity } from './finding.ts';
import type { Observation, Rule } from './rule.ts';
import { type AuditSubject, PART_WORDS } from './subject.ts';

/** What all rules together say of one device. */
export interface Audit {
  /** Worst first, then in the order of the rules. */
  readonly findings: readonly Finding[];
  readonly notJudged: readonly NotJudged[];
}

/** Told the rule that broke and what it threw, which may hold secrets: for a developer's eyes, never for a report. */
export type OnRuleFailure = (ruleId: string, error: unknown) => void;

/**
 * Looks at one device with every rule that applies to its chip. What a rule needs and nobody gave, what it cannot tell, and
 * a rule that breaks are listed as not judged: silence never means that all is well.
 */
export function audit(subject: AuditSubject, rules: readonly Rule[], onRuleFailure: OnRuleFailure): Audit {
  const findings: Finding[] = [];
  const notJudged: NotJudged[] = [];
  for (const rule of rules) {
    if (!mayApply(rule, subject)) continue;
    const judgement = judge(rule, subject, onRuleFailure);
    if ('ruleId' in judgement) notJudged.push(judgement);
    else findings.push(...gather(rule, judgement));
  }
  // The sort is stable: within a severity the order of the rules remains.
  findings.sort((one, other) => severityRank(other.severity) - severityRank(one.severity));
  return { findings, notJudged };
}

/** 0 for the mildest severity. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function mayApply({ chips }: Rule, { chip }: AuditSubject): boolean {
  return chips === undefined || chip === undefined || chips.includes(chip.name);
}

function judge(rule: Rule, subject: AuditSubject, onRuleFailure: OnRuleFailure): readonly Observation[] | NotJudged {
  const { id: ruleId, needs } = rule;
  if (needs.length > 0 && !needs.some((part) => subject[part] !== undefined)) {
    const reason = `It takes ${needs.map((part) => PART_WORDS[part]).join(' or ')}.`;
    return { ruleId, code: 'INPUT_MISSING', reason };
  }
  if (rule.chips !== undefined && subject.chip === undefined) {
    const reason = `It is for ${rule.chips.join(', ')}, and no input tells which chip this is: name it with --chip.`;
    return { ruleId, code: 'CHIP_UNKNOWN', reason };
  }
  try {
    const judgement = rule.check(subject);
    return 'notJudged' in judgement ? { ruleId, code: 'CANNOT_TELL', reason: judgement.notJudged } : judgement;
  } catch (error) {
    onRuleFailure(ruleId, error);
    // What was thrown may quote the input; its code or kind cannot.
    const kind = error instanceof MkiotError ? error.code : error instanceof Error ? error.name : typeof error;
    const reason = `The rule broke (${kind}): a fault of MkIoT, not of the device. Please report it.`;
    return { ruleId, code: 'RULE_FAILED', reason };
  }
}

/** One finding for each severity and confidence that the rule saw. */
function gather({ id: ruleId, severity: worst }: Rule, observations: readonly Observation[]): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const { severity: told = worst, confidence, ...evidence } of observations) {
    const severity = confidence === 'suspected' ? milder(told, 'medium') : told;
    const key = `${severity} ${confidence}`;
    const { evidence: before = [] } = findings.get(key) ?? {};
    const all: Finding['evidence'] = [...before, evidence] as unknown as Finding['evidence'];
    findings.set(key, { ruleId, severity, ...(confidence === undefined ? {} : { confidence }), evidence: all });
  }
  return [...findings.values()];
}

function milder(one: Severity, other: Severity): Severity {
  return severityRank(one) < severityRank(other) ? one : other;
}
