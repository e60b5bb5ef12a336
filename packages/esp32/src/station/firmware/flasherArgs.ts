import { isJsonObject, parseJsonObject } from '@mkiot/core/json/jsonObject';
import { firmwareError } from './firmwareErrors.ts';

/** A file of a build, and where it goes. */
export interface FirmwareFile {
  readonly offset: number;
  /** Relative to the folder of the build. */
  readonly path: string;
}

export interface FlasherArgs {
  /** As ESP-IDF calls it: `esp32s3`. */
  readonly chip: string | undefined;
  /** By their offsets. */
  readonly files: readonly FirmwareFile[];
}

/**
 * Reads `flasher_args.json`, which ESP-IDF writes beside a build (and the Arduino core as a component of it).
 *
 * @param source its name, for errors
 * @throws `FIRMWARE_ARGS_INVALID`
 */
export function parseFlasherArgs(text: string, source: string): FlasherArgs {
  const refuse = (reason: string): Error => firmwareError('FIRMWARE_ARGS_INVALID', { source, reason });
  const args = parseJsonObject(text);
  const flashFiles = args?.['flash_files'];
  if (!isJsonObject(flashFiles)) throw refuse('it has no "flash_files"');
  const files = Object.entries(flashFiles).map(([offset, path]) => {
    const number = Number(offset);
    if (!Number.isSafeInteger(number) || number < 0 || offset.trim() === '') throw refuse(`"${offset}" is no offset`);
    if (typeof path !== 'string' || path === '') throw refuse(`there is no file for ${offset}`);
    return { offset: number, path };
  });
  if (files.length === 0) throw refuse('"flash_files" is empty');
  const extra = args?.['extra_esptool_args'];
  const chip = isJsonObject(extra) && typeof extra['chip'] === 'string' ? extra['chip'] : undefined;
  return { chip, files: files.toSorted((one, other) => one.offset - other.offset) };
}
