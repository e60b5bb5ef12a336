import type { AcceptedEvidence } from '../baseline/baseline.ts';
import type { AcceptedFinding, FingerprintedFinding } from '../baseline/applyBaseline.ts';
import type { Confidence, NotJudged, Severity } from '../finding.ts';
import type { SectorKind } from '../flash/sectorKind.ts';
import type { LeftOut } from '../inputs/recogniseDevice.ts';
import type { Reference } from '../rule.ts';
import type { Grade } from './grade.ts';

// What an audit says, as data: `--format json` prints it as it is, the other formats are made of it. Members are added
// within a version; none is taken away or changes its meaning. docs/audit-report.schema.json says the same to programs.

export const REPORT_FORMAT = 'mkiot-audit-report';
export const REPORT_VERSION = 1;

export interface AuditReport {
  readonly format: typeof REPORT_FORMAT;
  readonly version: typeof REPORT_VERSION;
  /** Version of MkIoT. */
  readonly tool: string;
  /** When it was made, ISO 8601 in UTC. */
  readonly at: string;
  /** The worst of all devices. */
  readonly grade: Grade;
  readonly devices: readonly DeviceReport[];
  readonly baseline?: BaselineReport;
}

export interface BaselineReport {
  readonly source: string;
  /** They held once, and count again. */
  readonly expired: readonly AcceptedEvidence[];
  /** Nothing of the kind was found on any device: take them out. */
  readonly unused: readonly AcceptedEvidence[];
}

export interface DeviceReport {
  readonly name: string;
  /** "ESP32-S3"; missing where no input tells it. */
  readonly chip?: string;
  readonly mac?: string;
  readonly grade: Grade;
  /** Why there is no better grade than `?`, or no grade at all. */
  readonly ungraded?: string;
  readonly inputs: readonly { readonly source: string; readonly kind: string }[];
  readonly leftOut: readonly LeftOut[];
  /** What makes this audit less than whole: a program must not take it for a good one. */
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  /** What to do first, in this order. */
  readonly doFirst: readonly FirstStep[];
  /** Worst first. */
  readonly findings: readonly ReportedFinding[];
  readonly accepted: readonly ReportedAcceptance[];
  readonly notJudged: readonly (NotJudged & { readonly title: string })[];
  readonly flash?: FlashMap;
  readonly flashBefore?: FlashMap;
}

export interface FirstStep {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly step: string;
}

/** A finding with what its rule says about it. */
export interface ReportedFinding extends FingerprintedFinding {
  readonly title: string;
  readonly meaning: string;
  readonly mend: readonly string[];
  readonly references: readonly Reference[];
}

export interface ReportedAcceptance extends AcceptedFinding {
  readonly title: string;
}

/** What is where in flash, and how it is kept there. */
export interface FlashMap {
  readonly source: string;
  /** Bytes. */
  readonly size: number;
  /** The well-known layout by which regions are named, where no partition table could be read. */
  readonly assumedLayout?: string;
  readonly regions: readonly FlashMapRegion[];
  /** The first 64 bytes of the bootloader's region as they are in flash, in hexadecimal: there is never a secret in them. */
  readonly bootloaderHead?: string;
}

/**
 * - `encrypted`, `plain`, `erased`: all of it that is written
 * - `mixed`: some sectors are encrypted, some are in clear
 * - `unencryptable`: in clear, and flash encryption cannot cover it (NVS has an encryption of its own)
 */
export type RegionState = SectorKind | 'mixed' | 'unencryptable';

export interface FlashMapRegion {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly state: RegionState;
  /** Sectors of one kind in a row, in order, without gaps. */
  readonly runs: readonly { readonly offset: number; readonly size: number; readonly kind: SectorKind }[];
  readonly marks: readonly FlashMark[];
}

/** A place in flash where a finding was seen. */
export interface FlashMark {
  readonly offset: number;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly confidence?: Confidence;
}
