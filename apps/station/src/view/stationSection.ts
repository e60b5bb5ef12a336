import { ApiClient } from '@mkiot/core/api/client';
import type { ApiFetch } from '@mkiot/core/api/clientCaller';
import { formatRegistryName } from '@mkiot/core/contract/resourceNames';
import { enrolStation, findCredential, forgetCredential, type StationCredential } from '../stationCredential.ts';
import type { StationDatabase } from '../storage/stationDatabase.ts';
import { button, definitions, part } from './elements.ts';
import { hideProblem, showProblem } from './problems.ts';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;

/** Who this browser is as a station: it is enrolled here, and forgotten. */
export class StationSection {
  #credential: StationCredential | undefined;
  readonly #database: StationDatabase;
  readonly #fetch: ApiFetch;
  readonly #form = part('enrol', HTMLFormElement);
  readonly #problem = part('enrol-problem', HTMLElement);
  readonly #enrolled = part('enrolled', HTMLElement);

  private constructor(database: StationDatabase, fetch: ApiFetch) {
    this.#database = database;
    this.#fetch = fetch;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#enrol();
    });
    part('enrol-host', HTMLInputElement).value = location.hostname;
    part('enrol-until', HTMLInputElement).value = dayOf(Date.now() + USUAL_DAYS * DAY_MS);
  }

  static async open(database: StationDatabase, fetch: ApiFetch): Promise<StationSection> {
    const section = new StationSection(database, fetch);
    section.#show(await findCredential(database));
    return section;
  }

  get credential(): StationCredential | undefined {
    return this.#credential;
  }

  async #enrol(): Promise<void> {
    const token = part('enrol-token', HTMLInputElement);
    hideProblem(this.#problem);
    this.#form.inert = true;
    try {
      const credential = await enrolStation(this.#database, new ApiClient(this.#fetch, token.value.trim()), {
        name: part('enrol-name', HTMLInputElement).value.trim(),
        registry: part('enrol-registry', HTMLInputElement).value.trim(),
        host: part('enrol-host', HTMLInputElement).value.trim(),
        maxDevices: part('enrol-max', HTMLInputElement).valueAsNumber,
        expireTime: `${part('enrol-until', HTMLInputElement).value}T23:59:59Z`,
      });
      // A browser that runs out of space asks nobody else.
      await navigator.storage.persist();
      this.#show(credential);
    } catch (error) {
      showProblem(this.#problem, error);
    } finally {
      token.value = '';
      this.#form.inert = false;
    }
  }

  async #forget(): Promise<void> {
    const text = 'Forget the key of this station? It cannot register units then; what waits to be sent stays.';
    if (!confirm(text)) return;
    await forgetCredential(this.#database);
    this.#show(undefined);
  }

  #show(credential: StationCredential | undefined): void {
    this.#credential = credential;
    this.#form.hidden = credential !== undefined;
    this.#enrolled.hidden = credential === undefined;
    part('registers', HTMLElement).hidden = credential === undefined;
    part('unregistered', HTMLElement).hidden = credential !== undefined;
    if (credential === undefined) return;
    const { name, id, registry, maxDevices, expireTime, platform } = credential;
    const list = document.createElement('dl');
    list.append(
      ...definitions([
        ['Station', `${name} (${id})`],
        ['Registers', `${maxDevices} devices in ${formatRegistryName(registry)}`],
        ['Until', new Date(expireTime).toLocaleString()],
        ['Units connect to', `${platform.host}:${platform.port}`],
      ]),
    );
    this.#enrolled.replaceChildren(
      list,
      button('Forget this station', () => this.#forget()),
    );
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
