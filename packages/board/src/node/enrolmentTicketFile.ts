import { isEnrolmentTicket } from '@mkiot/core/provisioning/enrolmentTicket';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EnrolmentTicketStore } from '../device/enrolment/ticketHolder.ts';
import { naming, readFileIfAny, syncFolder } from './durableFile.ts';
import { nodeBoardError } from './nodeBoardErrors.ts';

/** What the command that makes tickets says beside them may be in the file too. */
const TICKET_LINE = /^mkiot-ticket-\S+$/gm;

/** The one ticket in a file, with which a board enrols itself; the file is removed when the ticket has done its work. */
export class EnrolmentTicketFile implements EnrolmentTicketStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws `TICKET_FILE_INVALID`, `BOARD_FILE_UNUSABLE` */
  async load(): Promise<string | undefined> {
    const bytes = await readFileIfAny(this.#file);
    if (bytes.length === 0) return undefined;
    const [ticket, ...more] = Buffer.from(bytes).toString('latin1').match(TICKET_LINE) ?? [];
    if (ticket === undefined || more.length > 0 || !isEnrolmentTicket(ticket))
      throw nodeBoardError('TICKET_FILE_INVALID', { file: this.#file });
    return ticket;
  }

  forget(): Promise<void> {
    return naming(this.#file, async () => {
      await rm(this.#file, { force: true });
      await syncFolder(dirname(this.#file));
    });
  }
}
