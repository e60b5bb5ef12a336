import { SEVERITIES, type Severity } from '../finding.ts';

/** "1 critical, 2 low", worst first; nothing where nothing was found. */
export function severityCounts(findings: readonly { readonly severity: Severity }[]): string {
  const counts = SEVERITIES.toReversed().flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  return counts.join(', ');
}
