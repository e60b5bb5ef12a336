import { toHexOffset } from '@mkiot/esp32/bytes/hexOffset';
import { DEFAULT_PARTITION_TABLE_OFFSET } from '@mkiot/esp32/partitionTable/partition';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import { FLASH_ENCRYPTION_WAYS, type FlashEncryptionWay } from '@mkiot/esp32/plan/plan';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import type { Job, Security } from '@mkiot/esp32/station/job';
import type { Clock } from '@mkiot/core/clock/clock';
import { type Command, Option } from 'commander';
import { resolve } from 'node:path';
import { keyValue, wholeNumber, wholeNumberOrHex } from '../../arguments.ts';
import { nodeSigner } from '../../runtime/nodeSigner.ts';
import { usageError } from '../../usageErrors.ts';
import { readPem } from '../esp32/keyFile.ts';
import { readStationFile, type StationCredential } from '../station/stationFile.ts';
import { provisionError } from './provisionErrors.ts';
import { type FirmwareOptions, readFirmware } from './readFirmware.ts';
import {
  addRegistrationOptions,
  type RegistrationOptions,
  registrationOf,
} from './registration/registrationOptions.ts';

/** What is to be made of a unit, as the command line says it. */
export interface UnitOptions extends FirmwareOptions, RegistrationOptions {
  readonly profile?: ProfileName;
  readonly encrypt?: FlashEncryptionWay;
  readonly book?: string;
  readonly signingKey?: string;
  readonly erase?: boolean;
  readonly used?: boolean;
  readonly baud: number;
  /** Where the records of finished units are written. */
  readonly record?: string;
}

export function addUnitOptions(command: Command): Command {
  command
    .option('--firmware <path>', 'the folder of a build (ESP-IDF, Arduino, PlatformIO), or one merged image')
    .option('--bootloader <file>', 'without --firmware: the bootloader')
    .option('--partitions <file>', 'without --firmware: the partition table, CSV or binary')
    .option('--app <file>', 'without --firmware: the app')
    .option('--data-file <label=file>', 'a file for the partition of that label (repeatable)', keyValue('--data-file'))
    .addOption(
      new Option('--table-offset <offset>', 'of the partition table in flash')
        .argParser(wholeNumberOrHex('--table-offset', 0x1000, 0x100000))
        .default(DEFAULT_PARTITION_TABLE_OFFSET, toHexOffset(DEFAULT_PARTITION_TABLE_OFFSET)),
    )
    .addOption(new Option('--profile <profile>', 'what to make of the chip').choices(Object.keys(PROFILES)))
    .option('--signing-key <file>', 'the key that signs firmware of this product, as PEM')
    .addOption(
      new Option('--encrypt <where>', 'who encrypts the flash, and makes its key (default: host)').choices(
        FLASH_ENCRYPTION_WAYS,
      ),
    )
    .option('--book <folder>', 'keeps of each unit what a run that is cut needs to go on: its flash key in MAC.key')
    .option('--erase', 'erase the whole flash first: of a used board, all that is in it')
    .option('--used', 'the chip may hold keys and settings already')
    .option('--baud <baud>', 'speed of writing', wholeNumber('--baud', 9_600, 3_000_000), 921_600);
  return addRegistrationOptions(command);
}

/** What the files say that the options name, read before a board is touched. */
export interface UnitWork {
  readonly job: Omit<Job, 'mac'>;
  /** Where the book is; undefined: nothing has to outlive the program. */
  readonly bookFolder: string | undefined;
  /** Undefined: units are not registered. */
  readonly station: { readonly name: string; readonly credential: StationCredential } | undefined;
}

/** @throws `BOOK_MISSING`, `RECORD_IN_BOOK`, and as `readFirmware`, `readStationFile` and `readPem` */
export async function readUnitWork(options: UnitOptions, clock: Clock): Promise<UnitWork> {
  const { profile, station: stationFile, used = false, baud, erase, record } = options;
  const name = stationFile?.replace(/(?:\.station)?\.json$/, '');
  const { book: bookFolder = name && `${name}.units` } = options;
  if (profile !== undefined && bookFolder === undefined) throw provisionError('BOOK_MISSING', { profile });
  if (record !== undefined && bookFolder !== undefined && resolve(record) === resolve(bookFolder)) {
    throw usageError('RECORD_IN_BOOK');
  }
  const { chip, parts } = await readFirmware(options);
  const credential = stationFile && (await readStationFile(stationFile));
  const job = {
    firmware: parts,
    firmwareChip: chip,
    mayBeUsed: used,
    baud,
    erase,
    security: profile && (await securityOf(profile, options)),
    registration: credential ? registrationOf(options, credential, clock) : undefined,
  };
  return { job, bookFolder, station: name && credential ? { name, credential } : undefined };
}

async function securityOf(profile: ProfileName, { signingKey, encrypt }: UnitOptions): Promise<Security> {
  const signer = signingKey === undefined ? undefined : nodeSigner(await readPem(signingKey));
  return { profile: PROFILES[profile], signer, encryption: encrypt };
}
