import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  LOADER_SILENT: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message:
      'The chip does not answer ({doing}). Hold its boot button while you press reset, check cable and port, and close other programs that have the port open. A chip whose download mode is closed never answers.',
  },
  LOADER_PORT_CLOSED: {
    status: 'UNAVAILABLE',
    blame: 'caller',
    message:
      'The serial port was closed ({doing}). Plug the board in again and repeat the command: it goes on from there.',
  },
  LOADER_REFUSED: {
    status: 'FAILED_PRECONDITION',
    blame: 'peer',
    message: 'The loader of the chip refuses {doing}: {reason} (status {status}).',
  },
  LOADER_GARBLED: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message:
      'What the chip says arrives garbled ({doing}): {tries} readings disagree. Take a shorter cable or a lower --baud.',
  },
  LOADER_CHIP_UNKNOWN: {
    status: 'UNIMPLEMENTED',
    blame: 'caller',
    message: 'The chip says that it is {found}, which this tool does not know. It works with {known}.',
  },
  LOADER_CHIP_UNSUPPORTED: {
    status: 'UNIMPLEMENTED',
    blame: 'caller',
    message: 'This is an {chip}, with which the station cannot work: it works with {known}.',
  },
  EFUSE_CONTROLLER_BUSY: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The eFuse controller does not come to rest. Repeat the command: it goes on from there.',
  },
  EFUSE_CODING_REPEAT: {
    status: 'UNIMPLEMENTED',
    blame: 'caller',
    message: 'This ESP32 has coding scheme 2 (repeat), with which the station burns nothing.',
  },
  FLASH_DIGEST_WRONG: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message:
      'The flash at {address} holds something else than what was written ({tries} tries). Check the supply of the board; a flash that fails again is worn out or broken.',
  },
  FLASH_UNKNOWN: {
    status: 'FAILED_PRECONDITION',
    blame: 'peer',
    message: 'The flash answers with the id {id}, which tells no size. Is one soldered to the board?',
  },
} as const;

/** What can go wrong between a tool and the serial loader of a chip. */
export const loaderError: ErrorFactory<typeof ROWS> = errorTable(ROWS);

/** Status bytes of the loader in ROM (Espressif, esptool documentation, "Serial Protocol", "Status Bytes"). */
const REASONS: Readonly<Record<number, string>> = {
  0x05: 'it does not know the command, or a secure mode forbids it',
  0x06: 'it could not carry the command out',
  0x07: 'the checksum is wrong',
  0x08: 'it could not write the flash',
  0x09: 'it could not read the flash',
  0x0a: 'the length to read is wrong',
  0x0b: 'the compressed data are broken',
};

export function refusalReason(status: number): string {
  return REASONS[status] ?? 'a reason that is not documented';
}
