import type { InputFile } from '@mkiot/esp32/audit/inputs/auditInput';
import type { DeviceFiles } from '@mkiot/esp32/audit/inputs/recogniseDevice';
import { readdir, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { readNamedFile } from '../../namedFile.ts';
import { usageError } from '../../usageErrors.ts';

/**
 * The files that paths on the command line name, by device: a folder is a device, a folder that holds nothing but folders is a
 * batch of devices, and files alone, or beside one folder, are one device.
 *
 * @throws `AUDIT_FILES_AND_FOLDERS`, `FILE_NOT_READ`
 */
export async function readDeviceFiles(paths: readonly string[]): Promise<readonly DeviceFiles[]> {
  const folders: string[] = [];
  const files: InputFile[] = [];
  for (const path of paths) {
    if (await isFolder(path)) folders.push(normalize(path).replace(/[/\\]$/, ''));
    else files.push(await readInputFile(path));
  }
  const devices = (await Promise.all(folders.map(readFolder))).flat();
  if (files.length === 0) return devices;
  const [device, another] = devices;
  if (another !== undefined) throw usageError('AUDIT_FILES_AND_FOLDERS', {});
  // Files that were named have to be inputs; those that a folder holds besides need not.
  if (device === undefined) return [{ name: 'The device', files, mayHoldOthers: false }];
  return [{ ...device, files: [...files, ...device.files] }];
}

/** A file as an input of an audit. @throws `FILE_NOT_READ` */
export async function readInputFile(path: string): Promise<InputFile> {
  return { name: path, bytes: await readNamedFile(path) };
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

async function readFolder(folder: string): Promise<readonly DeviceFiles[]> {
  const paths = await visiblePaths(folder);
  const subfolders: string[] = [];
  const files: InputFile[] = [];
  for (const path of paths) {
    if (await isFolder(path)) subfolders.push(path);
    else files.push(await readInputFile(path));
  }
  if (files.length === 0 && subfolders.length > 0) return (await Promise.all(subfolders.map(readFolder))).flat();
  const reason = 'a folder beside files; one that holds nothing but folders is a batch of devices';
  const leftOut = subfolders.map((source) => ({ source, reason }));
  return [{ name: folder, files, mayHoldOthers: true, leftOut }];
}

/** In the order of their names; hidden files are of editors and systems. */
async function visiblePaths(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => !name.startsWith('.'))
    .toSorted()
    .map((name) => join(folder, name));
}
