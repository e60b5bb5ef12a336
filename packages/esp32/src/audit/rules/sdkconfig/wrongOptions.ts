import { settingsThatAre } from '../../sdkconfig/settingsThatAre.ts';
import type { Observation } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import type { InsecureOption } from './insecureOptions.ts';

/** Those of `options` that the sdkconfig has at their wrong value, each with its own severity. */
export function wrongOptions({ sdkconfig }: AuditSubject, options: readonly InsecureOption[]): readonly Observation[] {
  return options.flatMap(({ names, wrong, severity, opens }) => {
    // ESP-IDF repeats a setting under its older name at the end of the file: told once is enough.
    const [seen] = settingsThatAre(sdkconfig, wrong, names, opens);
    return seen === undefined ? [] : [{ ...seen, severity }];
  });
}
