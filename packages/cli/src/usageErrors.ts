import { errorTable, MkiotError } from '@mkiot/core/errors/mkiotError';

const usage = (message: string) => ({ status: 'INVALID_ARGUMENT', blame: 'caller', message }) as const;

const ROWS = {
  USAGE: usage('{message}'),
  NAME_WRONG: usage(
    '"{text}" names no {kind}. Write its id, which begins with a letter and has 3 to 255 of the characters ' +
      'a-z A-Z 0-9 - . _ + ~ %, or its whole name, {example}.',
  ),
  ARGUMENT_WRONG: usage('{argument} is "{value}"; it must be {allowed}.'),
  AUDIT_FILES_AND_FOLDERS: usage(
    'Files beside several folders belong to none of them: put each into the folder of its device.',
  ),
  BOARD_ON_CHIP_ALONE: usage(
    'A board on a virtual chip runs alone and is registered through the API: leave --count and --no-register away.',
  ),
  BOARD_NAME_SHORT: usage(
    '"{name}" is no whole device name. Without the API a board needs projects/PROJECT/locations/LOCATION/' +
      'registries/REGISTRY/devices/DEVICE.',
  ),
  BOARD_NEEDS_SERVER: usage(
    'A board must know its MQTT bridge and its certificate authority. Give them with --mqtt HOST:PORT and --ca FILE; ' +
      '"mkiot ca export" on the server writes that file.',
  ),
  BOARD_NEEDS_API: usage(
    'A board with a ticket must know the API of its platform and its certificate authority. Give them with --server ' +
      'https://HOST:8443 and --ca FILE; "mkiot ca export" on the server writes that file.',
  ),
  BOARD_TICKET_ALONE: usage('A ticket is for one board: leave --count away, and run each with its own.'),
  BOARD_TICKET_GONE: usage('There is no ticket in {path}. "mkiot registry tickets create" makes one.'),
  DER_NEEDS_FILE: usage('DER is binary and goes to a file: say which one with --out FILE.'),
  SECURE_BOOT_V1_ONE_KEY: usage(
    'Secure boot v1 works with exactly one key: give --keyfile once, and no signature to keep.',
  ),
  SECURE_BOOT_V1_OUTPUT: usage('Say with --output which file is to be written.'),
  SECURE_BOOT_V2_NO_BOOTLOADER: usage(
    'Only secure boot v1 has a digest of the bootloader. For that, give --secure v1.',
  ),
  SIGN_COMMAND_NEEDS_KEY: usage(
    '--sign-command and --public-key belong together: its signature is checked with the key.',
  ),
  SIGNING_KEY_MISSING: usage(
    'There is nothing to sign with: give --keyfile FILE, or --sign-command with --public-key FILE.',
  ),
  PORT_NOT_NAMED: usage(
    'Say with --port where the board is, such as /dev/ttyUSB0 or COM3. "mkiot provision ports" lists the ports that there are.',
  ),
  RECORD_IN_BOOK: usage(
    'The book and the records have files of the same names: give --record another folder than --book.',
  ),
  SETTING_UNKNOWN: usage('"{name}" is no setting. "mkiot settings" lists all of them.'),
  FIRMWARE_NOT_NAMED: usage(
    'Say which firmware: --firmware with the folder of a build or a merged image, or --bootloader, --partitions and --app.',
  ),
  FIRMWARE_NAMED_TWICE: usage(
    'Give either --firmware, or --bootloader, --partitions and --app: they are two ways to name the firmware.',
  ),
  KEY_NOT_NAMED: usage(
    '"{fingerprint}" names not exactly one key of the device. Give the first 8 or more digits of a fingerprint that ' +
      '"mkiot device keys list" shows.',
  ),
  KEY_WITHOUT_NEXT: usage(
    'The device has {live} live keys, and rotating ends one: it could not come back. Add its next key first, with ' +
      '"mkiot device keys add".',
  ),
  NOTHING_TO_CHANGE: usage('Nothing was named that should change. The help of the command lists what can.'),
  OUTPUT_IS_INPUT: usage('The output would replace {path}, which is an input. Name another file with --output.'),
  PAYLOAD_MISSING: usage(
    'There is nothing to send: give a text, "-" for the standard input, --file PATH or --base64 TEXT.',
  ),
  PAYLOAD_NOT_BASE64: usage('What follows --base64 is no base64 text; it was not sent.'),
  PAYLOAD_TWICE: usage('There is more than one thing to send: give either a text, "-", --file PATH or --base64 TEXT.'),
  SERVER_NEEDS_TLS: usage(
    'The server address {url} is not encrypted. Use https://; plain http:// is for the own machine only ' +
      '(127.0.0.1, [::1], localhost).',
  ),
  SERVER_WRONG: usage('This is no server address. Write it as https://HOST:8443.'),
} as const;

/** Mistakes in what was typed: the command ends with exit code 2, and nothing has been done. */
export const usageError = errorTable(ROWS);

export function isUsageError(error: unknown): boolean {
  return error instanceof MkiotError && Object.hasOwn(ROWS, error.code);
}
