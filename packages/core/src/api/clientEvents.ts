import { formatLocationName, type LocationName } from '../contract/resourceNames.ts';
import { type ApiCaller, apiPath } from './clientCaller.ts';
import type { EventMessage } from './resources.ts';

/** Which events a tail shows; what is absent shows all. */
export interface TailFilter {
  readonly registry?: string;
  readonly device?: string;
}

/** The event log as it grows. What must not be missed is read through a subscription. */
export class EventsClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /** Events from now on, until `signal` is aborted or the loop is left. */
  tail(parent: LocationName, filter: TailFilter, signal?: AbortSignal): AsyncGenerator<EventMessage, void, undefined> {
    const path = apiPath(`${formatLocationName(parent)}/events`, 'tail');
    return this.#caller.stream('GET', path, { query: { ...filter }, signal });
  }
}
