import { LIMITS } from '@mkiot/core/contract/limits';
import type { DeviceName } from '@mkiot/core/contract/resourceNames';
import { requireDevice } from '../registry/deviceService.ts';
import type { Database } from '../store/database.ts';
import type { ReportedState } from './model.ts';
import * as store from './stateStore.ts';

/** The states that devices reported, as far as they are kept. */
export class StateService {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The kept states of a device, newest first.
   *
   * @param limit 0: all
   * @throws `DEVICE_NOT_FOUND`
   */
  async states(name: DeviceName, limit: number): Promise<readonly ReportedState[]> {
    const { executor } = this.#database;
    const device = await requireDevice(executor, name);
    return store.listStates(executor, device.numId, limit === 0 ? LIMITS.statesKept : limit);
  }

  /** What the device reported last; `undefined` when it never did. */
  async stateOf(numId: number): Promise<ReportedState | undefined> {
    const [newest] = await store.listStates(this.#database.executor, numId, 1);
    return newest;
  }
}
