import { addData } from '@mkiot/esp32/station/firmware/addData';
import { checkFirmware } from '@mkiot/esp32/station/firmware/checkFirmware';
import type { BuildFolder, Firmware, NamedBytes } from '@mkiot/esp32/station/firmware/firmware';
import { splitMergedImage } from '@mkiot/esp32/station/firmware/mergedImage';
import { placeFirmware } from '@mkiot/esp32/station/firmware/placeFirmware';
import { resolveFirmware } from '@mkiot/esp32/station/firmware/resolveFirmware';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readNamedFile } from '../../namedFile.ts';
import { usageError } from '../../usageErrors.ts';

/** Where the firmware is, as the command line names it. */
export interface FirmwareOptions {
  /** The folder of a build, or one merged image. */
  readonly firmware?: string;
  readonly partitions?: string;
  readonly bootloader?: string;
  readonly app?: string;
  /** Files by the labels of their partitions. */
  readonly dataFile?: Readonly<Record<string, string>>;
  readonly tableOffset: number;
}

/**
 * Reads and checks the firmware, before any board is touched.
 *
 * @throws `FIRMWARE_NOT_NAMED`, `FILE_NOT_READ`, and what `@mkiot/esp32/station/firmware` refuses
 */
export async function readFirmware(options: FirmwareOptions): Promise<Firmware> {
  const { firmware, app, dataFile = {} } = options;
  const found = await readParts(options);
  const files: Record<string, NamedBytes> = {};
  for (const [label, path] of Object.entries(dataFile)) files[label] = await readNamed(path);
  return checkFirmware(addData(found, files), firmware ?? app ?? 'the firmware');
}

async function readParts({ firmware, partitions, bootloader, app, tableOffset }: FirmwareOptions): Promise<Firmware> {
  if (firmware !== undefined) {
    if (partitions ?? bootloader ?? app) throw usageError('FIRMWARE_NAMED_TWICE');
    return (await isFolder(firmware))
      ? resolveFirmware(await buildFolder(firmware), tableOffset)
      : splitMergedImage(await readNamed(firmware));
  }
  if (partitions === undefined || bootloader === undefined || app === undefined) {
    throw usageError('FIRMWARE_NOT_NAMED');
  }
  const files = {
    partitions: await readNamed(partitions),
    bootloader: await readNamed(bootloader),
    app: await readNamed(app),
  };
  return placeFirmware(files, tableOffset);
}

/** What is not there is no folder: reading it says why. */
async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function buildFolder(source: string): Promise<BuildFolder> {
  const entries = await readdir(source, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return { source, names, read: (path) => readNamedFile(join(source, path)) };
}

async function readNamed(path: string): Promise<NamedBytes> {
  return { name: basename(path), bytes: await readNamedFile(path) };
}
