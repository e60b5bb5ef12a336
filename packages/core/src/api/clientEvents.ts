import { formatLocationName, type LocationName } from '../contract/resourceNames.ts';
import { type ApiCaller, apiPath } from './clientCaller.ts';
import type { EventMessage, MissedEvents } from './resources.ts';

/** Which events are wanted; what is absent does not narrow. */
export interface EventFilter {
  /** Id of a registry. */
  readonly registry?: string;
  /** Id or numeric id of a device. */
  readonly device?: string;
}

/** The event log as it grows. What must not be missed is read through a subscription. */
export class EventsClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Events from now on, until `signal` is aborted or the loop is left. Whoever falls far behind is told how many it missed,
   * in their place.
   */
  tail(
    parent: LocationName,
    filter: EventFilter,
    signal?: AbortSignal,
  ): AsyncGenerator<EventMessage | MissedEvents, void, undefined> {
    const path = apiPath(`${formatLocationName(parent)}/events`, 'tail');
    return this.#caller.stream('GET', path, { query: { ...filter }, signal });
  }
}
