import { DEFAULT_PARTITION_TABLE_OFFSET } from '@mkiot/esp32/partitionTable/partition';
import { checkFirmware } from '@mkiot/esp32/station/firmware/checkFirmware';
import type { BuildFolder, Firmware } from '@mkiot/esp32/station/firmware/firmware';
import { splitMergedImage } from '@mkiot/esp32/station/firmware/mergedImage';
import { resolveFirmware } from '@mkiot/esp32/station/firmware/resolveFirmware';
import { stationPageError } from './stationPageErrors.ts';

/** A file that the user has chosen, and where it lay. */
export interface BuildFile {
  /** `build/bootloader/bootloader.bin` */
  readonly path: string;
  readonly file: File;
}

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
 * Reads a build of whichever tool, or one merged image, and checks what can be known before there is a chip.
 *
 * @throws `STATION_FILE_MISSING`, and what `@mkiot/esp32/station/firmware` refuses
 */
export async function readBuild(files: readonly BuildFile[]): Promise<Firmware> {
  const [file, ...others] = files;
  if (file?.path.endsWith('.bin') === true && others.length === 0) {
    const { path: name } = file;
    return checkFirmware(await splitMergedImage({ name, bytes: await bytesOf(file) }), name);
  }
  const folder = buildFolder(files);
  return checkFirmware(await resolveFirmware(folder, DEFAULT_PARTITION_TABLE_OFFSET), folder.source);
}

/** The folder that lies least deep and has what builds have: what the user gave may hold it. */
function buildFolder(files: readonly BuildFile[]): BuildFolder {
  const depth = ({ path }: BuildFile): number => path.split('/').length;
  const byDepth = files.toSorted((one, other) => depth(one) - depth(other));
  const found =
    byDepth.find(({ path }) => /(^|\/)flasher_args\.json$/.test(path)) ??
    byDepth.find(({ path }) => path.endsWith('.bin'));
  const base = found?.path.replace(/[^/]*$/, '') ?? '';
  const inside = files.filter(({ path }) => path.startsWith(base));
  const source = base === '' ? 'the chosen files' : base.slice(0, -1);
  return {
    source,
    names: inside.map(({ path }) => path.slice(base.length)).filter((name) => !name.includes('/')),
    async read(path) {
      const file = inside.find((each) => each.path === base + path);
      if (file === undefined) throw stationPageError('STATION_FILE_MISSING', { source, path });
      return bytesOf(file);
    },
  };
}

async function bytesOf({ file }: BuildFile): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer());
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
