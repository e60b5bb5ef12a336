import { isSwitchedOn, SECURITY_SETTINGS, type SecuritySetting } from '../../sdkconfig/security.ts';
import { settingsThatAre } from '../../sdkconfig/settingsThatAre.ts';
import type { Judgement } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';

/** Sees a setting that is switched off; one that the file does not name is not judged, for its default depends on others. */
export function offSetting({ sdkconfig }: AuditSubject, setting: SecuritySetting): Judgement {
  const isOn = isSwitchedOn(sdkconfig, setting);
  const names = SECURITY_SETTINGS[setting];
  if (isOn === undefined) {
    return { notJudged: `The sdkconfig does not name ${names.map((name) => `CONFIG_${name}`).join(' or ')}.` };
  }
  return isOn ? [] : settingsThatAre(sdkconfig, 'n', names);
}
