import type { Evidence, Finding } from '../finding.ts';
import { type AcceptedEvidence, type Baseline, isExpired } from './baseline.ts';
import { evidenceFingerprint } from './evidenceFingerprint.ts';

export interface FingerprintedEvidence extends Evidence {
  readonly fingerprint: string;
}

/** A finding, each piece of its evidence with its fingerprint. */
export interface FingerprintedFinding extends Finding {
  readonly evidence: readonly [FingerprintedEvidence, ...FingerprintedEvidence[]];
}

/** A piece of evidence that counts no longer, since somebody answers for it. */
export interface AcceptedFinding extends Omit<Finding, 'evidence'> {
  readonly evidence: FingerprintedEvidence;
  readonly reason: string;
  readonly until: string;
}

export interface BaselinedFindings {
  readonly open: readonly FingerprintedFinding[];
  readonly accepted: readonly AcceptedFinding[];
  /** Entries of the baseline that met their evidence, expired ones too. */
  readonly met: ReadonlySet<AcceptedEvidence>;
}

/**
 * Divides findings into those that count and those that a baseline accepts. A finding with several places remains, with
 * those places that are not accepted. An entry that has expired accepts nothing.
 *
 * @param nowMs milliseconds since 1970
 */
export async function applyBaseline(
  findings: readonly Finding[],
  baseline: Baseline | undefined,
  nowMs: number,
): Promise<BaselinedFindings> {
  const open: FingerprintedFinding[] = [];
  const accepted: AcceptedFinding[] = [];
  const met = new Set<AcceptedEvidence>();
  for (const { evidence: pieces, ...finding } of findings) {
    const counting: FingerprintedEvidence[] = [];
    for (const piece of pieces) {
      const fingerprint = await evidenceFingerprint(finding.ruleId, piece);
      const evidence = { ...piece, fingerprint };
      const entries = entriesFor(baseline, finding.ruleId, fingerprint);
      for (const entry of entries) met.add(entry);
      const entry = entries.find((candidate) => !isExpired(candidate, nowMs));
      if (entry === undefined) counting.push(evidence);
      else accepted.push({ ...finding, evidence, reason: entry.reason, until: entry.until });
    }
    const [first, ...others] = counting;
    if (first !== undefined) open.push({ ...finding, evidence: [first, ...others] });
  }
  return { open, accepted, met };
}

function entriesFor(baseline: Baseline | undefined, ruleId: string, fingerprint: string): readonly AcceptedEvidence[] {
  return (baseline?.accepted ?? []).filter(({ rule, evidence }) => rule === ruleId && evidence === fingerprint);
}
