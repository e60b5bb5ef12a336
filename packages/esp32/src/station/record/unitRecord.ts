import { toHex } from '@mkiot/core/bytes/bytes';
import { formatFingerprint } from '@mkiot/core/crypto/fingerprint';
import { publicKeyOfPem } from '@mkiot/core/provisioning/p256PublicKey';
import type { AuditReport } from '../../audit/report/auditReport.ts';
import { findingCounts } from '../../audit/report/findingCounts.ts';
import { sha256 } from '../../bytes/sha256.ts';
import type { FirmwarePart } from '../prepareFirmware.ts';
import type { UnitResult } from '../unitResult.ts';
import { firmwareFacts } from './firmwareFacts.ts';
import { labelSvg } from './label.ts';

/** A unit that is done, and what its record says of it beside the result. */
export interface FinishedUnit {
  readonly result: UnitResult;
  readonly firmware: readonly FirmwarePart[];
  /** Of the chip, 100 · major + minor; undefined: its loader was closed before this run. */
  readonly revision: number | undefined;
  /** Milliseconds since 1970. */
  readonly endedMs: number;
  /** What the QR code of its label holds. */
  readonly content: string;
}

/** What anybody may know of a unit that is done; a program reads it as JSON. */
export function unitRecord({ result, firmware, revision, endedMs }: FinishedUnit): object {
  const { mac, chip, profile, device, efuseDigest, burned, writtenBytes, audits, steps, durationMs } = result;
  return {
    type: 'mkiot-unit',
    version: 1,
    mac,
    chip: { name: chip, revision },
    device: device && {
      name: device.name,
      registered: device.registered,
      publicKeys: device.publicKeys.map((pem) => ({ pem, fingerprint: fingerprintOf(pem) })),
    },
    profile,
    efuseSha256: efuseDigest,
    burned,
    firmware: firmwareFacts(firmware),
    writtenBytes,
    audits: { before: graded(audits.before), after: graded(audits.after) },
    beganAt: new Date(endedMs - durationMs).toISOString(),
    endedAt: new Date(endedMs).toISOString(),
    steps,
  };
}

/** The label of a unit that is done. */
export function unitLabel({ result: { mac, device, chip }, content }: FinishedUnit): string {
  return labelSvg({ device: device?.name.split('/').at(-1), mac, chip, content });
}

/** SHA-256 of the key as certificates have it, as `mkiot device keys list` shows it. */
function fingerprintOf(pem: string): string {
  return formatFingerprint(toHex(sha256(publicKeyOfPem(pem) ?? new Uint8Array())));
}

function graded(report: AuditReport): { readonly grade: string; readonly findings: string } {
  return { grade: report.grade, findings: findingCounts(report) };
}
