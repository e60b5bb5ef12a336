import { isNumericId, isResourceId } from '@mkiot/core/contract/ids';
import {
  type DeviceName,
  formatDeviceName,
  formatRegistryName,
  type LocationName,
  parseDeviceName,
  parseRegistryName,
  type RegistryName,
} from '@mkiot/core/contract/resourceNames';
import { usageError } from './usageErrors.ts';

/** Completes the short names that people type with the server's project, location and registry. */
export class Names {
  /** The registry of short device names. */
  readonly defaults: RegistryName;

  constructor(defaults: RegistryName) {
    this.defaults = defaults;
  }

  get location(): LocationName {
    return { project: this.defaults.project, location: this.defaults.location };
  }

  /** @param text `greenhouse` or `projects/…/locations/…/registries/greenhouse`; undefined: the default registry */
  registry(text?: string): RegistryName {
    if (text === undefined) return this.defaults;
    if (isResourceId(text)) return { ...this.defaults, registry: text };
    const parsed = parseRegistryName(text);
    if (parsed !== undefined) return parsed;
    const example = formatRegistryName({ ...this.defaults, registry: 'greenhouse' });
    throw usageError('NAME_WRONG', { kind: 'registry', text, example });
  }

  /** @param text `pump-1`, a numeric id, or `projects/…/registries/…/devices/pump-1` */
  device(text: string): DeviceName {
    if (isResourceId(text) || isNumericId(text)) return { ...this.defaults, device: text };
    const parsed = parseDeviceName(text);
    if (parsed !== undefined) return parsed;
    const example = formatDeviceName({ ...this.defaults, device: 'pump-1' });
    throw usageError('NAME_WRONG', { kind: 'device', text, example });
  }
}
