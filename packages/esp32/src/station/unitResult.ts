import type { AuditReport } from '../audit/report/auditReport.ts';

/** What the station knows of a unit when it is done. As JSON it is the same, and nothing in it is secret. */
export interface UnitResult {
  readonly mac: string;
  /** `esp32s3` */
  readonly chip: string;
  /** Undefined: nothing was burned. */
  readonly profile: string | undefined;
  /** SHA-256 of all blocks as they could last be read: hidden keys as zeros. */
  readonly efuseDigest: string;
  readonly burned: readonly string[];
  readonly writtenBytes: number;
  /** Undefined: the job did not ask for it. */
  readonly device: ResultingDevice | undefined;
  readonly audits: { readonly before: AuditReport; readonly after: AuditReport };
  /** In their order; what is done in two parts is there twice. */
  readonly steps: readonly { readonly step: string; readonly durationMs: number }[];
  readonly durationMs: number;
}

/** The device that a unit has become. */
export interface ResultingDevice {
  /** `projects/…/devices/pump-1` */
  readonly name: string;
  /** PEM, the one in use first. */
  readonly publicKeys: readonly string[];
  readonly registered: 'registered' | 'queued';
}
