import type { Observation } from '../rule.ts';
import type { FromInput } from '../subject.ts';
import type { Sdkconfig } from './sdkconfig.ts';

/** Those of the settings `names` that have `value`, as evidence. What the file does not name is not among them. */
export function settingsThatAre(
  sdkconfig: FromInput<Sdkconfig> | undefined,
  value: string,
  names: readonly string[],
  consequence?: string,
): readonly Observation[] {
  if (sdkconfig === undefined) return [];
  return names.flatMap((name) => {
    const setting = sdkconfig.value.settings.get(name);
    if (setting?.value !== value) return [];
    const written = value === 'n' ? `# CONFIG_${name} is not set` : `CONFIG_${name}=${value}`;
    const text =
      consequence === undefined
        ? `The sdkconfig says "${written}".`
        : `The sdkconfig says "${written}": ${consequence}.`;
    return [{ source: sdkconfig.source, line: setting.line, field: `CONFIG_${name}`, text }];
  });
}
