import type { AuditReport } from '../audit/report/auditReport.ts';
import { buildReport } from '../audit/report/buildReport.ts';
import { RULES } from '../audit/rules.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';

export interface AuditContext {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Version of MkIoT. */
  readonly tool: string;
}

/** What the audit says of the eFuses that the station has read: of flash and settings it says nothing. */
export function auditUnit(mac: string, efuses: EfuseDump, context: AuditContext): Promise<AuditReport> {
  const source = 'the chip';
  const subject = { chip: efuses.chip, efuse: { source, value: efuses }, publicKeys: [], batch: [] };
  const inputs = [{ source, kind: 'efuse' as const }];
  return buildReport([{ name: mac, subject, inputs, leftOut: [], problems: [] }], {
    ...context,
    rules: RULES,
    onRuleFailure: () => {},
  });
}
