import { isLocationId, isNumericId, isProjectId, isResourceId } from './ids.ts';

/** `projects/{project}/locations/{location}` */
export interface LocationName {
  readonly project: string;
  readonly location: string;
}

/** `projects/{project}/locations/{location}/registries/{registry}` */
export interface RegistryName extends LocationName {
  readonly registry: string;
}

/** `…/devices/{device}`, where `device` is the device's id or its numeric id. It is also the MQTT client identifier. */
export interface DeviceName extends RegistryName {
  readonly device: string;
}

export function formatLocationName(name: LocationName): string {
  return `projects/${name.project}/locations/${name.location}`;
}

export function formatRegistryName(name: RegistryName): string {
  return `${formatLocationName(name)}/registries/${name.registry}`;
}

export function formatDeviceName(name: DeviceName): string {
  return `${formatRegistryName(name)}/devices/${name.device}`;
}

/** Parts of a registry name, or `undefined` if `text` is none. No leading slash, nothing after the registry. */
export function parseRegistryName(text: string): RegistryName | undefined {
  const [projects, project, locations, location, registries, registry, ...rest] = text.split('/');
  if (projects !== 'projects' || locations !== 'locations' || registries !== 'registries') return undefined;
  if (project === undefined || location === undefined || registry === undefined || rest.length > 0) return undefined;
  if (!isProjectId(project) || !isLocationId(location) || !isResourceId(registry)) return undefined;
  return { project, location, registry };
}

/** Parts of a device name, or `undefined` if `text` is none. No leading slash, nothing after the device. */
export function parseDeviceName(text: string): DeviceName | undefined {
  const [, registryText, device] = /^(.*)\/devices\/([^/]*)$/.exec(text) ?? [];
  const registry = registryText === undefined ? undefined : parseRegistryName(registryText);
  if (registry === undefined || device === undefined) return undefined;
  return isResourceId(device) || isNumericId(device) ? { ...registry, device } : undefined;
}
