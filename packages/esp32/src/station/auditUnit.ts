import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { readFlashDump } from '../audit/flash/readFlashDump.ts';
import type { AuditReport } from '../audit/report/auditReport.ts';
import { buildReport } from '../audit/report/buildReport.ts';
import { RULES } from '../audit/rules.ts';
import type { AuditSubject } from '../audit/subject.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import type { FlashContents } from './flashContents.ts';
import { stationError } from './stationErrors.ts';
import type { UnitRun } from './unitRun.ts';

/** What was found out about a unit. */
export interface UnitEvidence {
  readonly efuses: EfuseDump;
  /** What lies in its flash; undefined: nobody knows. */
  readonly contents?: FlashContents | undefined;
  /** There is more in its flash, which nobody has looked at. */
  readonly hasLeftovers: boolean;
}

/**
 * What the audit says of a unit, by its eFuses and by the flash as it was written and verified: nothing is read back. Of
 * settings it says nothing.
 */
export function auditUnit(run: UnitRun, evidence: UnitEvidence): Promise<AuditReport> {
  const { ports, unit } = run;
  const { efuses, contents, hasLeftovers } = evidence;
  const subject: AuditSubject = {
    chip: unit.chip,
    efuse: { source: EFUSES, value: efuses },
    ...(contents && { flash: { source: FLASH, value: flashOf(run, contents) } }),
    publicKeys: [],
    batch: [],
  };
  const inputs = [
    { source: EFUSES, kind: 'efuse' as const },
    ...(contents === undefined ? [] : [{ source: FLASH, kind: 'flash' as const }]),
  ];
  const problems: MkiotError[] = hasLeftovers ? [stationError('UNIT_FLASH_USED')] : [];
  return buildReport([{ name: unit.mac, subject, inputs, leftOut: [], problems }], {
    rules: RULES,
    nowMs: ports.clock.now(),
    tool: ports.tool,
    onRuleFailure: () => {},
  });
}

const EFUSES = 'eFuses of the chip';
const FLASH = 'flash as it was written';

function flashOf({ unit }: UnitRun, { pieces, cipher }: FlashContents) {
  const bytes = new Uint8Array(unit.flashBytes).fill(0xff);
  for (const { address, bytes: piece } of pieces) bytes.set(piece, address);
  return readFlashDump(bytes, { chip: unit.chip, cipher });
}
