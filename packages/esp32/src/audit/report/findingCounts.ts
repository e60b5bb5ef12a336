import type { AuditReport } from './auditReport.ts';
import { severityCounts } from './severityCounts.ts';

/** An audit in a line: "2 critical, 1 high". */
export function findingCounts({ devices }: AuditReport): string {
  return severityCounts(devices.flatMap(({ findings }) => findings)) || 'no findings';
}
