import { QUOTA_NAMES, quotaRow } from '../quotas/quotaTable.ts';
import type { GivenSettings } from './givenSettings.ts';

export const NO_PRESET = 'none';
export const QUOTA_PRESETS = ['iot-core'] as const;

/** What a preset gives: it stands before the defaults and behind everything that is given by itself. */
export function settingsOfPreset(preset: unknown): GivenSettings {
  if (preset !== 'iot-core') return { values: new Map(), problems: [] };
  const source = `the preset ${preset}`;
  const values = QUOTA_NAMES.map(
    (name) => [`quotas.${name}`, { value: quotaRow(name).iotCore, source, baseFolder: '' }] as const,
  );
  return { values: new Map(values), problems: [] };
}
