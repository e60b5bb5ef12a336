import { type SettingRow, settingsReference } from './settingsReference.ts';

/** docs/settings.md: every setting with its names, its default and what is allowed. */
export function settingsMarkdown(): string {
  const rows = settingsReference();
  const groups = [...new Set(rows.map((row) => row.group))];
  const sections = groups.map((group) => {
    const heading = group === '' ? [] : [`## ${group}`];
    return [...heading, ...rows.filter((row) => row.group === group).map(settingMarkdown)].join('\n\n');
  });
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `<!-- Made by tools/settings-docs.ts from packages/server/src/settings/settings.ts: do not edit. -->

# Settings

A setting is taken from the first of these that gives it:

1. a flag of \`mkiot up\`: \`--mqtt-port 18883\`
2. the environment: \`MKIOT_MQTT_PORT=18883\`; an empty variable counts as absent
3. a settings file: \`{"mqtt": {"port": 18883}}\` in \`settings.json\` in the data folder, or in the file after \`--settings\`
4. for a quota, the preset that \`quotas.preset\` names
5. its default

Lists are written \`a,b\` in flags and variables. A wrong or unknown setting stops the start with a sentence.`;

function settingMarkdown(row: SettingRow): string {
  return [
    `### \`${row.path}\``,
    `${row.title}. ${row.description}`,
    [
      `- Allowed: ${row.allowed}`,
      `- Default: ${row.default === undefined ? 'absent' : `\`${JSON.stringify(row.default)}\``}`,
      `- Flag: \`--${row.flag}\`, environment: \`${row.environmentVariable}\``,
      `- A change takes effect ${row.restartNeeded ? 'at the next start' : 'at once'}`,
    ].join('\n'),
  ].join('\n\n');
}
