import { chipRevisionOf } from '../../vulnerabilities/chipRevision.ts';
import { idfVersionsOf } from '../../vulnerabilities/idfVersion.ts';
import { IDF_VULNERABILITIES, type IdfVulnerability } from '../../vulnerabilities/idfVulnerabilities.ts';
import { isFixed } from '../../vulnerabilities/isFixed.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { VULNERABILITIES } from '../references.ts';

export const cveByIdf: Rule = {
  id: 'cve-by-idf',
  title: 'The firmware is built with an ESP-IDF that has known vulnerabilities',
  meaning:
    'Each is published, with what it takes to use it. Some concern only firmware that uses that part of ESP-IDF.',
  severity: 'high',
  mend: [
    'Build with a release that is still maintained, and roll it out.',
    'A vulnerability of the bootloader stays until the bootloader is written again: over the cable, or not at all once the chip is locked.',
  ],
  references: [VULNERABILITIES],
  needs: ['bootLog', 'sdkconfig', 'flash'],
  check,
};

function check(subject: AuditSubject): Judgement {
  const versions = idfVersionsOf(subject);
  if (versions.length === 0) return { notJudged: 'No input tells the version of ESP-IDF.' };
  const rows = IDF_VULNERABILITIES.filter((row) => concerns(row, subject));
  return versions.flatMap(({ version, seen }) =>
    rows
      .filter((row) => !isFixed(row, version))
      .map(({ id, what, fixedIn, mayBeFixedEarlier, severity }) => {
        const fix = mayBeFixedEarlier
          ? `its advisory says which patches mend it, ${fixedIn.join()} has the fix`
          : `fixed in ${fixedIn.join(', ')}`;
        return {
          ...seen,
          severity,
          text: `${id}: ${what}. ${seen.text} ${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`,
        };
      }),
  );
}

function concerns({ chips, untilRevision }: IdfVulnerability, subject: AuditSubject): boolean {
  const revision = chipRevisionOf(subject);
  const chip = subject.chip?.name ?? revision?.chip;
  if (chips !== undefined && chip !== undefined && !chips.includes(chip)) return false;
  return untilRevision === undefined || revision === undefined || revision.from < untilRevision;
}
