import type { Sdkconfig, SdkconfigSetting } from './sdkconfig.ts';
import { sdkconfigError } from './sdkconfigErrors.ts';

/** `# Espressif IoT Development Framework (ESP-IDF) 5.1.4 Project Configuration`, since ESP-IDF 4.0. */
const HEADER = /^#.*ESP-IDF\)? v?(\d+\.\d+(?:\.\d+)?)/;
const SWITCHED_OFF = /^# CONFIG_(\w+) is not set$/;
const SETTING = /^CONFIG_(\w+)=(.*)$/;

/**
 * Reads `sdkconfig` or `sdkconfig.defaults`. Where a name comes twice the later line counts, as for Kconfig; names of older
 * versions that ESP-IDF repeats at the end are kept under their own name.
 *
 * @throws `SDKCONFIG_LINE`, `SDKCONFIG_EMPTY`
 */
export function parseSdkconfig(text: string): Sdkconfig {
  const settings = new Map<string, SdkconfigSetting>();
  let idfVersion: string | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    idfVersion ??= HEADER.exec(line)?.[1];
    const setting = parseLine(line, index + 1);
    if (setting !== undefined) settings.set(setting.name, { value: setting.value, line: index + 1 });
  }
  if (settings.size === 0) throw sdkconfigError('SDKCONFIG_EMPTY');
  return idfVersion === undefined ? { settings } : { idfVersion, settings };
}

function parseLine(line: string, number: number): { name: string; value: string } | undefined {
  const off = SWITCHED_OFF.exec(line)?.[1];
  if (off !== undefined) return { name: off, value: 'n' };
  if (line === '' || line.startsWith('#')) return undefined;
  const [, name, value] = SETTING.exec(line) ?? [];
  if (name === undefined || value === undefined) throw sdkconfigError('SDKCONFIG_LINE', { line: number });
  // "CONFIG_X=" in sdkconfig.defaults switches off.
  return { name, value: value === '' ? 'n' : unquoted(value) };
}

function unquoted(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : value;
}
