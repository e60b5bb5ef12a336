import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { decodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { TicketStore } from '../device/login/ticketStore.ts';
import { readFileIfAny, replaceFile } from './durableFile.ts';

/** The ticket of the next login as a file: worth nothing without the device key beside it. */
export class TicketFile implements TicketStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** A file that holds no ticket is as good as none: the device then logs in as it did at its first start. */
  async load(): Promise<string | undefined> {
    const bytes = await readFileIfAny(this.#file);
    const text = bytes.every((byte) => byte < 0x80) ? utf8Decode(bytes) : '';
    return decodeNonce(text) instanceof MkiotError ? undefined : text;
  }

  save(ticket: string): Promise<void> {
    return replaceFile(this.#file, utf8Encode(ticket));
  }
}
