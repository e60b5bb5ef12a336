import { dirname } from 'node:path';
import { didYouMean } from './didYouMean.ts';
import type { SettingRow } from './settingsReference.ts';

/** A value before it is checked, and where it came from. */
export interface GivenSetting {
  readonly value: unknown;
  /** As it stands in an error: `the flag --mqtt-port`. */
  readonly source: string;
  /** Where a relative path in it starts. */
  readonly baseFolder: string;
}

/** What one source gives, by the setting's path; `problems` has a sentence for each name that is no setting. */
export interface GivenSettings {
  readonly values: ReadonlyMap<string, GivenSetting>;
  readonly problems: readonly string[];
}

/** `flags` by the setting's path, as the command line had them. */
export function settingsFromFlags(
  rows: readonly SettingRow[],
  flags: Readonly<Record<string, string>>,
  baseFolder: string,
): GivenSettings {
  const values = new Map<string, GivenSetting>();
  const problems: string[] = [];
  for (const [path, text] of Object.entries(flags)) {
    const row = rows.find((each) => each.path === path);
    if (row === undefined)
      problems.push(
        unknownName(
          path,
          'on the command line',
          rows.map((each) => each.path),
        ),
      );
    else values.set(path, { value: valueOfText(row, text), source: `the flag --${row.flag}`, baseFolder });
  }
  return { values, problems };
}

// Variables of the program that starts us, of the command-line client and of our tests: not settings, and no typing errors either.
const OTHER_VARIABLES = /^MKIOT_(SERVER|TOKEN|CA|RUNTIME|TEST_.*)$/;

/** An empty variable counts as absent: service managers and container files cannot leave one out. */
export function settingsFromEnvironment(
  rows: readonly SettingRow[],
  environment: Readonly<Record<string, string | undefined>>,
  baseFolder: string,
): GivenSettings {
  const values = new Map<string, GivenSetting>();
  const problems: string[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('MKIOT_') || OTHER_VARIABLES.test(name) || text === undefined || text === '') continue;
    const row = rows.find((each) => each.environmentVariable === name);
    if (row === undefined) {
      const names = rows.map((each) => each.environmentVariable);
      problems.push(unknownName(name, 'in the environment', names));
    } else {
      values.set(row.path, { value: valueOfText(row, text), source: `the environment variable ${name}`, baseFolder });
    }
  }
  return { values, problems };
}

/** @param contents the parsed JSON of the settings file `file` */
export function settingsFromFile(rows: readonly SettingRow[], contents: unknown, file: string): GivenSettings {
  const values = new Map<string, GivenSetting>();
  const problems: string[] = [];
  const source = `the file ${file}`;
  const take = (object: object, prefix: string): void => {
    for (const [name, value] of Object.entries(object)) {
      const path = prefix + name;
      const isSetting = rows.some((row) => row.path === path);
      const isGroup = rows.some((row) => row.path.startsWith(`${path}.`));
      if (isSetting) values.set(path, { value, source, baseFolder: dirname(file) });
      else if (!isGroup)
        problems.push(
          unknownName(
            path,
            `in ${source}`,
            rows.map((row) => row.path),
          ),
        );
      else if (isObject(value)) take(value, `${path}.`);
      else problems.push(`"${path}" in ${source} is a group of settings: write {"${name}": {…}}.`);
    }
  };
  if (isObject(contents)) take(contents, '');
  else problems.push(`The settings file ${file} must hold one object: {"mqtt": {"port": 8883}}.`);
  return { values, problems };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value that `text` means for this type of setting; text that means none stays text, which the schema refuses. */
function valueOfText(row: SettingRow, text: string): unknown {
  if (row.type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (row.type === 'boolean') return ({ true: true, false: false } as Record<string, boolean>)[text] ?? text;
  if (row.type === 'array') return text === '' ? [] : text.split(',').map((item) => item.trim());
  return text;
}

function unknownName(name: string, place: string, names: readonly string[]): string {
  const meant = didYouMean(name, names);
  return `"${name}" ${place} is not a setting.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`;
}
