import type { SignatureAlgorithm, SigningKey } from '@mkiot/core/crypto/signatures';
import { refusesKey } from '../../../device/connection/serverReasons.ts';
import type { DeviceEvent } from '../../../device/deviceEvents.ts';
import type { NvsPartition } from '../nvs/nvsPartition.ts';

/** The number of the key that was last let in, in NVS. */
const NVS_KEY = 'key-in-use';
/** The refusals of one key before the next is tried: a server that has just begun may know nobody yet. */
const REFUSALS_A_KEY = 3;

/**
 * The keys of a device, of which it logs in with one. When the platform no longer takes that, because it has expired or was
 * removed, the next is tried; the one that is let in stays, over restarts too.
 */
export class KeyRing implements SigningKey {
  readonly algorithm: SignatureAlgorithm = 'ES256';
  readonly #keys: readonly SigningKey[];
  readonly #nvs: NvsPartition;
  #inUse: number;
  #refusals = 0;

  /** @param keys one or more */
  constructor(keys: readonly SigningKey[], nvs: NvsPartition) {
    this.#keys = keys;
    this.#nvs = nvs;
    const [stored = 0] = nvs.get(NVS_KEY) ?? [];
    this.#inUse = stored < keys.length ? stored : 0;
  }

  /** Counts from 1. */
  get number(): number {
    return this.#inUse + 1;
  }

  get publicKeyPem(): string {
    return this.#key.publicKeyPem;
  }

  sign(data: Uint8Array): Promise<Uint8Array> {
    return this.#key.sign(data);
  }

  /** Takes what happens to the device's sessions. */
  heed(event: DeviceEvent): void {
    if (event.type === 'connected') {
      this.#refusals = 0;
      void this.#keep();
    } else if (event.type === 'retrying' && refusesKey(event.error)) {
      this.#refusals += 1;
      if (this.#refusals % REFUSALS_A_KEY === 0) this.#inUse = (this.#inUse + 1) % this.#keys.length;
    }
  }

  async #keep(): Promise<void> {
    if ((this.#nvs.get(NVS_KEY)?.[0] ?? 0) === this.#inUse) return;
    try {
      await this.#nvs.set(NVS_KEY, Uint8Array.of(this.#inUse));
    } catch {
      // The next start tries the keys again.
    }
  }

  get #key(): SigningKey {
    return this.#keys[this.#inUse] as SigningKey;
  }
}
