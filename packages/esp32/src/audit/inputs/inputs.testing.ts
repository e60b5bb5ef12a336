import { portableAes } from '../../aes/portableAes.ts';
import type { InputFile } from './auditInput.ts';
import type { DeviceFiles } from './recogniseDevice.ts';
import { type ReadDevice, type ReadOptions, type ReadPorts, readDevice } from './readDevice.ts';

/** Unpacks with what Node and browsers have alike; the limit is looked at as the bytes come. */
export const TEST_PORTS: ReadPorts = {
  aes: portableAes,
  async gunzip(packed, maxBytes) {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for await (const part of stream) {
      length += part.length;
      if (length > maxBytes) throw new RangeError(`it unpacks to more than ${maxBytes} bytes`);
      parts.push(part);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  },
};

/** A device of files that were named one by one. */
export function readFiles(files: readonly InputFile[], options: Partial<ReadOptions> = {}): Promise<ReadDevice> {
  return read({ name: 'device', files, mayHoldOthers: false }, options);
}

/** A device of all files in a folder. */
export function readFolder(files: readonly InputFile[], options: Partial<ReadOptions> = {}): Promise<ReadDevice> {
  return read({ name: 'folder', files, mayHoldOthers: true }, options);
}

function read(device: DeviceFiles, options: Partial<ReadOptions>): Promise<ReadDevice> {
  return readDevice(device, { publicKeys: [], ...options }, TEST_PORTS);
}
