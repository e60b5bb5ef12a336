import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';
import { deviceNameOf, type DeviceAtLogin } from './model.ts';

/** As many as there are keys ready for use; one takes about a kilobyte, and little more than its keys' texts. */
const DEVICES_KEPT = 10_000;

/**
 * Devices that were looked up lately, under the full names by which they were: who comes back costs no query (a tenth of a
 * login's CPU time). Whoever changes a device or its registry says so here, so that nothing in it is older than the
 * database. What there is not is not remembered: names are a stranger's to invent.
 */
export class RecentDevices {
  readonly #byName: RecentlyUsed<string, DeviceAtLogin>;

  constructor(capacity = DEVICES_KEPT) {
    this.#byName = new RecentlyUsed(capacity);
  }

  get(name: string): DeviceAtLogin | undefined {
    return this.#byName.get(name);
  }

  remember(name: string, device: DeviceAtLogin): void {
    this.#byName.set(name, device);
  }

  /** It has been changed or deleted. */
  forget(device: DeviceAtLogin): void {
    const name = deviceNameOf(device);
    this.#byName.delete(formatDeviceName(name));
    this.#byName.delete(formatDeviceName({ ...name, device: String(device.numId) }));
  }

  /** Their registry has been changed. */
  forgetAll(): void {
    this.#byName.clear();
  }
}
