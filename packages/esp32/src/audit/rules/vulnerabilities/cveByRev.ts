import { CHIP_VULNERABILITIES } from '../../vulnerabilities/chipVulnerabilities.ts';
import { chipRevisionOf } from '../../vulnerabilities/chipRevision.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { VULNERABILITIES } from '../references.ts';

export const cveByRev: Rule = {
  id: 'cve-by-rev',
  title: 'The silicon has known weaknesses',
  meaning:
    'An attacker with hours, a lab and the board can break it, whatever the firmware does. So no secret may be shared between devices.',
  severity: 'high',
  mend: [
    'The evidence says for each what is left to do.',
    'A flash key and a login key of its own for every device; no secret of the company in any of them.',
    'Newer silicon for new products.',
  ],
  references: [VULNERABILITIES],
  needs: ['efuse', 'bootLog'],
  check,
};

function check(subject: AuditSubject): Judgement {
  const revision = chipRevisionOf(subject);
  if (revision === undefined) return { notJudged: 'The inputs do not tell the revision of the chip.' };
  const { seen, from, to } = revision;
  return CHIP_VULNERABILITIES.filter(
    (row) => row.chips.includes(revision.chip) && row.from <= to && from <= row.to,
  ).map(({ id, what, severity, answer }) => ({
    ...seen,
    severity,
    text: `${id}: ${what}. ${seen.text} What to do: ${answer}.`,
  }));
}
