import type { EventOrigin } from './eventLog.ts';

/** Which events somebody wants; what is absent does not narrow. */
export interface EventFilter {
  readonly project: string;
  readonly location?: string | undefined;
  /** Id of a registry. */
  readonly registry?: string | undefined;
  /** Id or numeric id of a device. An id begins with a letter, so the two are never mistaken. */
  readonly device?: string | undefined;
}

export function isWanted({ project, location, registry, device }: EventFilter, origin: EventOrigin): boolean {
  return (
    origin.project === project &&
    (location === undefined || origin.location === location) &&
    (registry === undefined || origin.registry === registry) &&
    (device === undefined || origin.deviceId === device || String(origin.deviceNumId) === device)
  );
}
