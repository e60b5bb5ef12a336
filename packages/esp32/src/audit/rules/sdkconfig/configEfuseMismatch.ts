import { flashEncryptionState, readFuses, secureBootIsOn } from '../../../efuse/readFuse.ts';
import type { EfuseDump } from '../../../efuse/efuseDump.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import { isSwitchedOn, SECURITY_SETTINGS, type SecuritySetting } from '../../sdkconfig/security.ts';
import { settingsThatAre } from '../../sdkconfig/settingsThatAre.ts';
import type { Judgement, Observation, Rule } from '../../rule.ts';
import type { AuditSubject, FromInput } from '../../subject.ts';
import { EFUSES } from '../references.ts';

export const configEfuseMismatch: Rule = {
  id: 'config-efuse-mismatch',
  title: 'The chip is not set up as its firmware was built to be',
  meaning:
    'The sdkconfig says what the next board gets, the eFuses what this one has. Where they differ, the device is less protected than ' +
    'you believe, or this is not the sdkconfig of its firmware.',
  severity: 'high',
  mend: [
    'Look whether this sdkconfig belongs to this device.',
    'If so: find out why the first boot did not burn what it should (a log of it tells), and burn it by hand. "mkiot esp32 plan --current EFUSE" lists what is missing. Burning cannot be undone.',
  ],
  references: [EFUSES],
  needs: ['efuse', 'bootLog', 'sdkconfig'],
  check,
};

function check(subject: AuditSubject): Judgement {
  const { efuse, bootLog, sdkconfig } = subject;
  const said = whatLogSays(bootLog, 'configMismatch')?.lines ?? [];
  if (efuse !== undefined && sdkconfig !== undefined) return [...said, ...differences(subject, efuse)];
  if (said.length > 0) return said;
  return { notJudged: 'It takes the sdkconfig and the eFuses of the same device to compare them.' };
}

/** What a setting asks of the eFuses, and whether they have it. */
const PROMISES: readonly {
  readonly setting: SecuritySetting;
  readonly says: string;
  readonly isKept: (dump: EfuseDump) => boolean;
}[] = [
  {
    setting: 'flashEncryption',
    says: 'flash encryption is off in the eFuses',
    isKept: (dump) => flashEncryptionState(dump)?.isOn !== false,
  },
  {
    setting: 'releaseMode',
    says: 'the eFuses are in development mode',
    isKept: (dump) => flashEncryptionState(dump)?.isPermanent !== false,
  },
  {
    setting: 'secureBoot',
    says: 'secure boot is off in the eFuses',
    isKept: (dump) =>
      secureBootIsOn(dump, 1) || secureBootIsOn(dump, 2) || readFuses(dump, 'secureBootV2').length === 0,
  },
];

function differences({ sdkconfig }: AuditSubject, { value, source }: FromInput<EfuseDump>): readonly Observation[] {
  return PROMISES.filter(({ setting, isKept }) => isSwitchedOn(sdkconfig, setting) === true && !isKept(value)).flatMap(
    ({ setting, says }) => settingsThatAre(sdkconfig, 'y', SECURITY_SETTINGS[setting], `${says} (${source})`),
  );
}
