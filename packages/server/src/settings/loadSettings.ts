import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { dataFolderPaths } from '../dataFolder/dataFolderPaths.ts';
import { type GivenSetting, type GivenSettings, settingsFromEnvironment, settingsFromFlags } from './givenSettings.ts';
import { settingsOfPreset } from './quotaPresets.ts';
import { type Settings, settingsSchema } from './settings.ts';
import { settingsError } from './settingsErrors.ts';
import { readSettingsFile } from './settingsFile.ts';
import { type SettingRow, settingsReference } from './settingsReference.ts';

export interface SettingsSources {
  /** Texts by the setting's path: `{ 'mqtt.port': '8883' }`. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** A settings file that must exist. Without it `settings.json` in the data folder is read if it is there. */
  readonly file?: string | undefined;
  /** Default: the folders of this process. */
  readonly homeFolder?: string;
  readonly workingFolder?: string;
}

/**
 * The settings: flags before environment before file before preset before default.
 *
 * @throws `SETTINGS_WRONG` with a sentence for each wrong or unknown setting, `SETTINGS_FILE_UNREADABLE`,
 * `SETTINGS_FILE_NOT_JSON`
 * @example
 * const settings = await loadSettings({ flags: { 'mqtt.port': '18883' }, environment: process.env });
 */
export async function loadSettings(sources: SettingsSources): Promise<Settings> {
  const { homeFolder = homedir(), workingFolder = process.cwd() } = sources;
  const rows = settingsReference();
  const defaults = defaultSettings(rows, workingFolder);
  const environment = settingsFromEnvironment(rows, sources.environment ?? {}, workingFolder);
  const flags = settingsFromFlags(rows, sources.flags ?? {}, workingFolder);

  const file =
    sources.file === undefined
      ? await fileInDataFolder(rows, merge(rows, homeFolder, [defaults, environment, flags]))
      : await namedFile(rows, resolve(workingFolder, sources.file));
  const given = [file, environment, flags];
  const preset = settingsOfPreset(merge(rows, homeFolder, given).get('quotas.preset')?.value);
  const layers = [defaults, preset, ...given];
  return check(
    rows,
    merge(rows, homeFolder, layers),
    layers.flatMap((layer) => layer.problems),
  );
}

function defaultSettings(rows: readonly SettingRow[], baseFolder: string): GivenSettings {
  const given = rows.filter((row) => row.default !== undefined);
  const values = given.map((row) => [row.path, { value: row.default, source: 'the default', baseFolder }] as const);
  return { values: new Map(values), problems: [] };
}

/** The last layer that gives a setting wins; paths become absolute. */
function merge(
  rows: readonly SettingRow[],
  homeFolder: string,
  layers: readonly GivenSettings[],
): ReadonlyMap<string, GivenSetting> {
  const merged = new Map(layers.flatMap((layer) => [...layer.values]));
  for (const { path } of rows.filter((row) => row.isPath)) {
    const given = merged.get(path);
    if (given !== undefined) merged.set(path, { ...given, value: absolutePath(given, homeFolder) });
  }
  return merged;
}

function absolutePath({ value, baseFolder }: GivenSetting, homeFolder: string): unknown {
  if (typeof value !== 'string' || value === '') return value;
  return /^~(\/|$)/.test(value) ? join(homeFolder, value.slice(1)) : resolve(baseFolder, value);
}

async function namedFile(rows: readonly SettingRow[], file: string): Promise<GivenSettings> {
  const given = await readSettingsFile(rows, file);
  if (given === undefined) throw settingsError('SETTINGS_FILE_UNREADABLE', { file, reason: 'there is no such file' });
  return given;
}

async function fileInDataFolder(
  rows: readonly SettingRow[],
  settings: ReadonlyMap<string, GivenSetting>,
): Promise<GivenSettings> {
  const file = dataFolderPaths(String(settings.get('dataFolder')?.value)).settings;
  const given = (await readSettingsFile(rows, file)) ?? { values: new Map<string, GivenSetting>(), problems: [] };
  if (!given.values.has('dataFolder')) return given;
  const problem = `"dataFolder" in the file ${file} cannot say where that file itself lies: use --data or --settings.`;
  return { ...given, problems: [...given.problems, problem] };
}

function check(
  rows: readonly SettingRow[],
  given: ReadonlyMap<string, GivenSetting>,
  unknownNames: readonly string[],
): Settings {
  const checked = settingsSchema.safeParse(nested(given));
  const wrongValues = checked.error?.issues.map((issue) => wrongValue(rows, given, issue)) ?? [];
  const problems = [...new Set([...unknownNames, ...wrongValues])];
  if (checked.success && problems.length === 0) return checked.data;
  throw settingsError('SETTINGS_WRONG', { problems: problems.map((problem) => `- ${problem}`).join('\n') });
}

function nested(given: ReadonlyMap<string, GivenSetting>): unknown {
  const root: Record<string, unknown> = {};
  for (const [path, { value }] of given) {
    const [first = '', second] = path.split('.');
    if (second === undefined) root[first] = value;
    else root[first] = { ...(root[first] as object | undefined), [second]: value };
  }
  return root;
}

function wrongValue(
  rows: readonly SettingRow[],
  given: ReadonlyMap<string, GivenSetting>,
  issue: z.core.$ZodIssue,
): string {
  // An issue inside a list has the item's index behind the path of the setting.
  const at = issue.path.join('.');
  const row = rows.find(({ path }) => at === path || at.startsWith(`${path}.`));
  const found = row && given.get(row.path);
  if (row === undefined || found === undefined) return `${at} is missing: ${issue.message}.`;
  return `${row.path} is ${shown(found.value)} (from ${found.source}); allowed is ${row.allowed}.`;
}

/** A value for an error text. Settings are no secrets, but people paste a key where the path of its file is asked for. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  if (/-----BEGIN|PRIVATE KEY/.test(text)) return 'the text of a key or certificate';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
