import type { FileSystem, OpenFile } from '@mkiot/server/runtime/fileSystem';
import { nodeFileSystem } from '@mkiot/server/runtime/nodeFileSystem';

/** The machine's own disk, whose syncs a test holds up or makes fail. */
export class TroubledDisk implements FileSystem {
  /** Awaited before every sync of a file; when it rejects, the sync fails with that and is not made. */
  beforeSync: () => Promise<void> = async () => undefined;
  list: FileSystem['list'] = (directory) => nodeFileSystem.list(directory);
  makeDirectory: FileSystem['makeDirectory'] = (directory) => nodeFileSystem.makeDirectory(directory);
  removeFile: FileSystem['removeFile'] = (path) => nodeFileSystem.removeFile(path);
  removeDirectory: FileSystem['removeDirectory'] = (directory) => nodeFileSystem.removeDirectory(directory);
  syncDirectory: FileSystem['syncDirectory'] = (directory) => nodeFileSystem.syncDirectory(directory);

  async open(...parameters: Parameters<FileSystem['open']>): Promise<OpenFile> {
    const file = await nodeFileSystem.open(...parameters);
    return {
      size: () => file.size(),
      read: (target, position) => file.read(target, position),
      write: (bytes, position) => file.write(bytes, position),
      truncate: (length) => file.truncate(length),
      sync: async () => {
        await this.beforeSync();
        await file.sync();
      },
      close: () => file.close(),
    };
  }
}

/** An error of the disk as the system tells it. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: fdatasync`), { code });
}
