import { readFile } from 'node:fs/promises';
import { type GivenSettings, settingsFromFile } from './givenSettings.ts';
import { settingsError } from './settingsErrors.ts';
import type { SettingRow } from './settingsReference.ts';

/**
 * What a settings file gives; `undefined` when there is no such file.
 *
 * @param file absolute path
 * @throws `SETTINGS_FILE_UNREADABLE`, `SETTINGS_FILE_NOT_JSON`
 */
export async function readSettingsFile(rows: readonly SettingRow[], file: string): Promise<GivenSettings | undefined> {
  const text = await readText(file);
  return text === undefined ? undefined : settingsFromFile(rows, parseJson(text, file), file);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT') return undefined;
    throw settingsError('SETTINGS_FILE_UNREADABLE', { file, reason }, error);
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // The engine's message quotes the file, so only the place is taken from it.
    const [, line, column] = /line (\d+) column (\d+)/.exec((error as Error).message) ?? [];
    const place = line === undefined ? '' : ` (line ${line}, column ${column})`;
    // oxlint-disable-next-line preserve-caught-error -- the cause would carry the quotation on
    throw settingsError('SETTINGS_FILE_NOT_JSON', { file, place });
  }
}
