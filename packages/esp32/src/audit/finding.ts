/** How bad it is when it is as the evidence says, least first. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/**
 * How sure a finding about a secret is: *proven*, because the public key that belongs to it is known; *structured*,
 * because it has the form of a key; *suspected*, because it looks like one. What is suspected is never worse than medium.
 */
export type Confidence = 'proven' | 'structured' | 'suspected';

/** Where a finding was seen, and what was seen there. Secrets in it are masked. */
export interface Evidence {
  /** The input it comes from, as the user named it. */
  readonly source: string;
  /** What was seen, as a sentence or a quotation. Never a secret itself. */
  readonly text: string;
  /** In flash or in the file, bytes. */
  readonly offset?: number;
  readonly length?: number;
  /** Label in the partition table. */
  readonly partition?: string;
  /** `namespace/key` in NVS. */
  readonly nvsKey?: string;
  /** In a text file, from 1. */
  readonly line?: number;
  /** Name of an eFuse field or of a setting of sdkconfig. */
  readonly field?: string;
  /** What is written there has been erased or replaced, but is still readable. */
  readonly isLeftover?: boolean;
}

/** What one rule found on one device: one finding a rule and severity, however many places show it. */
export interface Finding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly confidence?: Confidence;
  readonly evidence: readonly [Evidence, ...Evidence[]];
}

/** Why a rule was not judged. `RULE_FAILED` is a fault of MkIoT. */
export const NOT_JUDGED = ['INPUT_MISSING', 'CHIP_UNKNOWN', 'CANNOT_TELL', 'RULE_FAILED'] as const;

/** A rule that could not be judged, and what would have to be known. It is not "fine". */
export interface NotJudged {
  readonly ruleId: string;
  readonly code: (typeof NOT_JUDGED)[number];
  readonly reason: string;
}
