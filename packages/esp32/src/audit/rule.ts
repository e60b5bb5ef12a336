import type { ChipName } from '../chips/chip.ts';
import type { Confidence, Evidence, Severity } from './finding.ts';
import type { AuditSubject, SubjectPart } from './subject.ts';

/** One thing an audit looks for. A file a rule, so that whoever reads the finding can read how it came about. */
export interface Rule {
  /** Stable, kebab-case: what baselines, SARIF and the docs call it. */
  readonly id: string;
  /** What is wrong, as a sentence without a full stop. */
  readonly title: string;
  /** What it means for who made the device: what an attacker can do with it. */
  readonly meaning: string;
  /** The worst that it reports; `Observation.severity` may be milder. */
  readonly severity: Severity;
  /** Those to which it applies; all without it. */
  readonly chips?: readonly ChipName[];
  /** What it applies to besides, in words: "ESP-IDF before 5.1", "revision 3.0 and newer". */
  readonly versions?: string;
  /** What mends it, in the order in which to do it: commands, settings, eFuses. What cannot be undone says so. */
  readonly mend: readonly string[];
  readonly references: readonly Reference[];
  /** Any one of these is enough to judge; without them the rule is not judged. */
  readonly needs: readonly SubjectPart[];
  /**
   * What it sees on this device. Nothing means: looked, and not there. A rule that finds that it cannot tell returns
   * `notJudged`; the absence of a line in a log is never a reason to return nothing.
   */
  readonly check: (subject: AuditSubject) => Judgement;
}

export interface Reference {
  readonly title: string;
  readonly url: string;
}

export type Judgement = readonly Observation[] | { readonly notJudged: string };

/** One place where a rule saw what it looks for. */
export interface Observation extends Evidence {
  /** Milder than the rule's, where this place is not as bad. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
}
