import type { Finding } from '../../finding.ts';

/** What a finding is called in the links of a page that may be about several devices. */
export function anchorOf(device: string, { ruleId, severity }: Pick<Finding, 'ruleId' | 'severity'>): string {
  return `${encodeURIComponent(device)}-${ruleId}-${severity}`;
}
