import { portableAes } from '../../aes/portableAes.ts';
import type { InputFile } from './auditInput.ts';
import type { DeviceFiles } from './recogniseDevice.ts';
import { type ReadDevice, type ReadOptions, readDevice } from './readDevice.ts';

/** A device of files that were named one by one. */
export function readFiles(files: readonly InputFile[], options: Partial<ReadOptions> = {}): Promise<ReadDevice> {
  return read({ name: 'device', files, mayHoldOthers: false }, options);
}

/** A device of all files in a folder. */
export function readFolder(files: readonly InputFile[], options: Partial<ReadOptions> = {}): Promise<ReadDevice> {
  return read({ name: 'folder', files, mayHoldOthers: true }, options);
}

function read(device: DeviceFiles, options: Partial<ReadOptions>): Promise<ReadDevice> {
  return readDevice(device, { publicKeys: [], ...options }, portableAes);
}
