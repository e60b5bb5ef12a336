import { htmlReport } from '@mkiot/esp32/audit/report/html/htmlReport';
import type { AuditReport } from '@mkiot/esp32/audit/report/auditReport';
import { sarifReport } from '@mkiot/esp32/audit/report/sarifReport';
import { textReport } from '@mkiot/esp32/audit/report/textReport';
import type { Rule } from '@mkiot/esp32/audit/rule';
import { printable } from '../../output/printable.ts';

export const AUDIT_FORMATS = ['text', 'json', 'html', 'sarif'] as const;

export type AuditFormat = (typeof AUDIT_FORMATS)[number];

interface FormatContext {
  readonly rules: readonly Rule[];
  /** Width of lines of text. */
  readonly columns: number;
}

const WRITERS: Readonly<Record<AuditFormat, (report: AuditReport, context: FormatContext) => string>> = {
  text: (report, { columns }) =>
    textReport(report, columns)
      .map((line) => `${printable(line)}\n`)
      .join(''),
  json: (report) => json(report),
  html: (report) => htmlReport(report),
  sarif: (report, { rules }) => json(sarifReport(report, rules)),
};

/** A report in one of the formats, ready to be written. */
export function formatReport(report: AuditReport, format: AuditFormat, context: FormatContext): string {
  return WRITERS[format](report, context);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
