import { type FlasherArgs, parseFlasherArgs } from '@mkiot/esp32/station/firmware/flasherArgs';
import type { FirmwarePart } from '@mkiot/esp32/station/prepareFirmware';
import { stationPageError } from './stationPageErrors.ts';

/** A file that the user has chosen, and where it lay. */
export interface BuildFile {
  /** `build/bootloader/bootloader.bin` */
  readonly path: string;
  readonly file: File;
}

export interface Firmware {
  readonly chip: FlasherArgs['chip'];
  readonly parts: readonly FirmwarePart[];
}

const ARGS = 'flasher_args.json';

/** What a file input has: a folder, or files. */
export function filesOfInput(files: FileList): readonly BuildFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What was dropped, with all that is in folders. */
export async function filesOfDrop(items: DataTransferItemList): Promise<readonly BuildFile[]> {
  // They are gone after the first pause.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map((entry) => filesOfEntry(entry)))).flat();
}

/**
 * Reads a build by the `flasher_args.json` that lies least deep.
 *
 * @throws `STATION_BUILD_UNKNOWN`, `STATION_BUILD_INCOMPLETE`, `FIRMWARE_ARGS_INVALID`
 */
export async function readBuild(files: readonly BuildFile[]): Promise<Firmware> {
  const depth = ({ path }: BuildFile): number => path.split('/').length;
  const [args] = files
    .filter(({ path }) => path === ARGS || path.endsWith(`/${ARGS}`))
    .toSorted((one, other) => depth(one) - depth(other));
  if (args === undefined) throw stationPageError('STATION_BUILD_UNKNOWN', { files: files.length });
  const folder = args.path.slice(0, -ARGS.length);
  const { chip, files: named } = parseFlasherArgs(await args.file.text(), args.path);
  const parts: FirmwarePart[] = [];
  for (const { offset, path } of named) {
    const found = files.find((each) => each.path === folder + path);
    if (found === undefined) throw stationPageError('STATION_BUILD_INCOMPLETE', { source: args.path, path });
    parts.push({ name: path, offset, bytes: new Uint8Array(await found.file.arrayBuffer()) });
  }
  return { chip, parts };
}

async function filesOfEntry(entry: FileSystemEntry): Promise<readonly BuildFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (isFile(entry)) return [{ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) }];
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const files: BuildFile[] = [];
  for (;;) {
    // A hundred at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return files;
    for (const each of some) files.push(...(await filesOfEntry(each)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
