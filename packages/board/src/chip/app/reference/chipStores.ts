import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { decodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { ConfigStore } from '../../../device/control/configStore.ts';
import type { TicketStore } from '../../../device/login/ticketStore.ts';
import type { NvsPartition } from '../nvs/nvsPartition.ts';

/** The config that was understood last, in NVS. */
export class NvsConfigStore implements ConfigStore {
  readonly #nvs: NvsPartition;

  constructor(nvs: NvsPartition) {
    this.#nvs = nvs;
  }

  load(): Promise<Uint8Array> {
    return Promise.resolve(this.#nvs.get('config') ?? new Uint8Array());
  }

  save(config: Uint8Array): Promise<void> {
    return this.#nvs.set('config', config);
  }
}

/** The ticket of the next login, in NVS. */
export class NvsTicketStore implements TicketStore {
  readonly #nvs: NvsPartition;

  constructor(nvs: NvsPartition) {
    this.#nvs = nvs;
  }

  /** What is no ticket is as good as none. */
  load(): Promise<string | undefined> {
    const stored = this.#nvs.get('ticket') ?? new Uint8Array();
    const text = stored.every((byte) => byte < 0x80) ? utf8Decode(stored) : '';
    return Promise.resolve(decodeNonce(text) instanceof MkiotError ? undefined : text);
  }

  save(ticket: string): Promise<void> {
    return this.#nvs.set('ticket', utf8Encode(ticket));
  }
}

/** Counts a start of the firmware, and says which one it is. @throws `CHIP_POWER_LOST` */
export async function countStart(nvs: NvsPartition): Promise<number> {
  const stored = nvs.get('starts');
  const bytes = new DataView(new ArrayBuffer(4));
  const count = (stored === undefined ? 0 : new DataView(stored.slice().buffer).getUint32(0, true)) + 1;
  bytes.setUint32(0, count, true);
  await nvs.set('starts', new Uint8Array(bytes.buffer));
  return count;
}
