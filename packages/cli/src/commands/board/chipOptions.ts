import { REFERENCE_FIRMWARE } from '@mkiot/board/chip/app/reference/referenceFirmware';
import type { BootloaderOptions } from '@mkiot/board/chip/boot/bootloaderOptions';
import type { SerialProtocol } from '@mkiot/board/node/chip/serialServer';
import type { VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { type Command, Option } from 'commander';
import { usageError } from '../../usageErrors.ts';

/** Where a board's serial port is offered. */
export type SerialPlace = { readonly kind: SerialProtocol; readonly tcpPort: number } | { readonly kind: 'pty' };

/** The options of a board that runs on a virtual chip. */
export interface ChipOptions {
  readonly chip?: VirtualChipName;
  readonly serial?: SerialPlace;
  readonly flash?: string;
  readonly flashSize: number;
  readonly efuse?: string;
  readonly download?: boolean;
  readonly baudThrottle?: boolean;
  /** What is flashed onto a blank chip; undefined: nothing. */
  readonly firmware?: 'reference';
  readonly flashEncryption: BootloaderOptions['flashEncryption'];
}

const MEBIBYTE = 0x100000;
const FLASH_SIZES = ['1MB', '2MB', '4MB', '8MB', '16MB'] as const;
const CHIPS: readonly VirtualChipName[] = ['esp32', 'esp32s3', 'esp32c3'];

export function addChipOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--chip <chip>',
        'run it on a virtual chip, from its flash; with one of the next options: esp32',
      ).choices(CHIPS),
    )
    .addOption(
      new Option(
        '--firmware <name>',
        'flash it onto a chip that is blank, register the device and provision it',
      ).choices([REFERENCE_FIRMWARE]),
    )
    .addOption(
      new Option('--flash-encryption <mode>', 'what that firmware turns on at its first boot')
        .choices(['release', 'development', 'none'])
        .default('release'),
    )
    .option('--serial <place>', "offer the chip's serial port: tcp:PORT, rfc2217:PORT or pty", readSerialPlace)
    .option('--flash <file>', 'keeps the flash of the chip; a new file is an erased flash')
    .addOption(
      new Option('--flash-size <size>', 'of a new flash')
        .choices(FLASH_SIZES)
        .argParser(readFlashSize)
        .default(4 * MEBIBYTE, '4MB'),
    )
    .option(
      '--efuse <file>',
      'keeps the eFuses, as espefuse --virt reads them; what is hidden beside it, in FILE.sealed',
    )
    .option('--download', 'hold the boot button down: the chip waits for a flashing tool')
    .option('--baud-throttle', 'serial line and flash take the time that they take');
}

/** The chip that the board runs on; undefined: on none, as a program with its files in a folder. */
export function chipOf({ chip, serial, flash, efuse, download, firmware }: ChipOptions): VirtualChipName | undefined {
  const needsChip =
    serial !== undefined || flash !== undefined || efuse !== undefined || download === true || firmware !== undefined;
  return chip ?? (needsChip ? 'esp32' : undefined);
}

function readFlashSize(value: string): number {
  if ((FLASH_SIZES as readonly string[]).includes(value)) return Number.parseInt(value) * MEBIBYTE;
  throw usageError('ARGUMENT_WRONG', { argument: '--flash-size', value, allowed: `one of ${FLASH_SIZES.join(', ')}` });
}

function readSerialPlace(value: string): SerialPlace {
  if (value === 'pty') return { kind: 'pty' };
  const [, kind, port] = /^(tcp|rfc2217):(\d{1,5})$/.exec(value) ?? [];
  if (kind !== undefined && Number(port) <= 0xffff) return { kind: kind as SerialProtocol, tcpPort: Number(port) };
  throw usageError('ARGUMENT_WRONG', { argument: '--serial', value, allowed: 'tcp:PORT, rfc2217:PORT or pty' });
}
