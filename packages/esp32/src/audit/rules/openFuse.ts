import { SECURITY_FUSES, type SecurityFuse } from '../../chips/securityFuses.ts';
import { fuseNames, readFuses } from '../../efuse/readFuse.ts';
import type { LogTopic } from '../bootLog/logMessages.ts';
import { whatLogSays } from '../bootLog/whatLogSays.ts';
import type { Severity } from '../finding.ts';
import type { Judgement, Observation } from '../rule.ts';
import type { AuditSubject } from '../subject.ts';
import { flashEncryptionOf } from './flashEncryptionOf.ts';
import { fuseObservation } from './fuseObservation.ts';

/** An eFuse that has to be burned, and the lines of a boot log that tell of it. */
export interface Guard {
  readonly fuse: SecurityFuse;
  readonly topic: LogTopic;
  /** How bad it is while flash encryption is off, where it then guards little. */
  readonly severityWithoutEncryption?: Severity;
}

/** Sees the eFuses of `guard` that are not burned; without eFuses, what the boot log proves. */
export function openFuses(subject: AuditSubject, { fuse, topic, severityWithoutEncryption }: Guard): Judgement {
  const { efuse, bootLog } = subject;
  const said = whatLogSays(bootLog, topic);
  const told = efuse === undefined ? [] : readFuses(efuse.value, fuse);
  const names = efuse === undefined ? [] : fuseNames(efuse.value.chip, fuse);
  if (efuse !== undefined && names.length === 0) return [];
  if (told.length === 0 && said === undefined) return { notJudged: whatIsMissing(subject, fuse) };
  const open = efuse === undefined ? [] : told.filter(({ value }) => value === 0);
  // What a log tells was burned or left open then; the eFuses are as they are now.
  const isOpen = told.length > 0 ? open.length > 0 : said?.isWrong === true;
  // An old summary may tell some of them only: those that it leaves out may be open.
  if (!isOpen) return told.length < names.length && told.length > 0 ? { notJudged: whatIsMissing(subject, fuse) } : [];
  const seen = efuse === undefined ? [] : open.map((fuse) => fuseObservation(efuse, fuse));
  const all: readonly Observation[] = [...seen, ...(said?.isWrong === true ? said.lines : [])];
  const isMild = severityWithoutEncryption !== undefined && flashEncryptionOf(subject) === 'off';
  return isMild ? all.map((observation) => ({ ...observation, severity: severityWithoutEncryption })) : all;
}

function whatIsMissing({ chip }: AuditSubject, fuse: SecurityFuse): string {
  const names = chip === undefined ? SECURITY_FUSES[fuse] : fuseNames(chip, fuse);
  return (
    `Whether ${names.join(', ')} is burned was not told: a boot log tells of an eFuse only when it is burned. ` +
    'Give the output of "espefuse summary" too.'
  );
}
