import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { type FlasherArgs, parseFlasherArgs } from '@mkiot/esp32/station/flasherArgs';
import type { FirmwarePart } from '@mkiot/esp32/station/prepareFirmware';
import { join } from 'node:path';
import { readNamedFile } from '../../namedFile.ts';

export interface Firmware {
  readonly chip: FlasherArgs['chip'];
  readonly parts: readonly FirmwarePart[];
}

/** Reads the folder of a build by its `flasher_args.json`. @throws `FILE_NOT_READ`, `FIRMWARE_ARGS_INVALID` */
export async function readFirmware(folder: string): Promise<Firmware> {
  const source = join(folder, 'flasher_args.json');
  const { chip, files } = parseFlasherArgs(utf8Decode(await readNamedFile(source)), source);
  const parts: FirmwarePart[] = [];
  for (const { offset, path } of files) {
    parts.push({ name: path, offset, bytes: await readNamedFile(join(folder, path)) });
  }
  return { chip, parts };
}
