import { interpretItems } from '@mkiot/esp32/nvs/nvsRecords';
import type { EnrolmentTicketStore } from '../../../device/enrolment/ticketHolder.ts';
import type { AppWorld } from '../firmware.ts';
import { NvsPages } from '../nvs/nvsPages.ts';
import { partitionNamed } from '../partitionNamed.ts';
import { FACTORY_TICKET_KEY, readFactoryEnrolment } from './factoryData.ts';

/** The ticket in the partition `fctry`: what has been forgotten is overwritten there, so that no dump of the flash shows it. */
export class FactoryTicket implements EnrolmentTicketStore {
  readonly #world: AppWorld;

  constructor(world: AppWorld) {
    this.#world = world;
  }

  load(): Promise<string | undefined> {
    const { offset, size } = partitionNamed(this.#world, 'fctry');
    return Promise.resolve(readFactoryEnrolment(this.#world.flash.raw.read(offset, size))?.ticket);
  }

  async forget(): Promise<void> {
    const pages = new NvsPages(this.#world.flash.raw, partitionNamed(this.#world, 'fctry'), undefined);
    const { reads } = interpretItems(pages.read());
    for (const { item, key } of reads) {
      if (key === FACTORY_TICKET_KEY && item.state === 'written') await pages.wipe(item.offset, item.span);
    }
  }
}
