import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import type { AuditReport } from '@mkiot/esp32/audit/report/auditReport';
import { buildReport } from '@mkiot/esp32/audit/report/buildReport';
import { severityCounts } from '@mkiot/esp32/audit/report/severityCounts';
import { RULES } from '@mkiot/esp32/audit/rules';
import { version } from '@mkiot/server/platform/version';

/** What the audit says of the eFuses that the station has read: of flash and settings it says nothing. */
export async function auditUnit(name: string, efuses: EfuseDump, nowMs: number): Promise<AuditReport> {
  const subject = { chip: efuses.chip, efuse: { source: 'the chip', value: efuses }, publicKeys: [], batch: [] };
  const device = { name, subject, inputs: [{ source: 'the chip', kind: 'efuse' as const }], leftOut: [], problems: [] };
  return buildReport([device], { rules: RULES, nowMs, tool: version, onRuleFailure: () => {} });
}

/** The audit in a line: "2 critical, 1 high". */
export function findingCounts({ devices }: AuditReport): string {
  return severityCounts(devices.flatMap(({ findings }) => findings)) || 'no findings';
}
