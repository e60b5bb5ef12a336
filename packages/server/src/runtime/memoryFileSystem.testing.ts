import type { FileAccess, FileSystem, OpenFile } from './fileSystem.ts';
import { type Choose, MemoryFile } from './memoryFile.testing.ts';

export type Operation = keyof FileSystem | Exclude<keyof OpenFile, 'close'>;

export interface Call {
  readonly operation: Operation;
  readonly path: string;
}

/** How a call fails: with which code, and after what share of its work (0: none, 1: all of it). */
export interface Failure {
  readonly code: 'EIO' | 'ENOSPC';
  readonly share: number;
}

type Entry = MemoryFile | MemoryDirectory;

class MemoryDirectory {
  readonly seen = new Map<string, Entry>();
  onDisk: ReadonlyMap<string, Entry> = new Map();
}

/**
 * A disk in memory that keeps what is synced apart from what is not, fails when it is told to, and whose power can be
 * cut. A file is safe only when both it and every directory on its path have been synced.
 */
export class MemoryFileSystem implements FileSystem {
  readonly #root: MemoryDirectory;
  #hasPower = true;
  /** Asked before every call: a failure makes that call fail. */
  failing: (call: Call) => Failure | undefined = () => undefined;

  constructor(root = new MemoryDirectory()) {
    this.#root = root;
  }

  async open(path: string, access: FileAccess): Promise<OpenFile> {
    const failure = this.#begin('open', path);
    const { directory, name } = this.#parentOf(path);
    let file = directory.seen.get(name);
    if (access === 'create') {
      if (file !== undefined) throw failed('EEXIST', 'open', path);
      file = new MemoryFile();
      if (failure === undefined || failure.share === 1) directory.seen.set(name, file);
    }
    if (failure !== undefined) throw failed(failure.code, 'open', path);
    if (!(file instanceof MemoryFile)) throw failed('ENOENT', 'open', path);
    return this.#opened(file, path);
  }

  async list(path: string): Promise<readonly string[]> {
    this.#whole('list', path);
    return [...this.#directory(path, 'list').seen.keys()];
  }

  async makeDirectory(path: string): Promise<boolean> {
    this.#whole('makeDirectory', path);
    const { directory, name } = this.#parentOf(path);
    if (directory.seen.has(name)) return false;
    directory.seen.set(name, new MemoryDirectory());
    return true;
  }

  async removeFile(path: string): Promise<void> {
    this.#whole('removeFile', path);
    this.#remove(path, (entry) => entry instanceof MemoryFile, 'ENOENT');
  }

  async removeDirectory(path: string): Promise<void> {
    this.#whole('removeDirectory', path);
    this.#remove(path, (entry) => entry instanceof MemoryDirectory && entry.seen.size === 0, 'ENOTEMPTY');
  }

  async syncDirectory(path: string): Promise<void> {
    this.#whole('syncDirectory', path);
    const directory = this.#directory(path, 'syncDirectory');
    directory.onDisk = new Map(directory.seen);
  }

  /**
   * Cuts the power: every later call here fails. Returns the disk as it is found when the power is back: what was synced,
   * and of the rest whatever `choose` makes of it.
   */
  powerCut(choose: Choose): MemoryFileSystem {
    this.#hasPower = false;
    return new MemoryFileSystem(directoryAfterPowerCut(this.#root, choose));
  }

  /** Flips one bit of what is on the disk, as a decaying disk does. */
  async flipBit(path: string, offset: number, bit = 0): Promise<void> {
    const file = await this.open(path, 'write');
    const byte = new Uint8Array(1);
    await file.read(byte, offset);
    await file.write(Uint8Array.of((byte[0] ?? 0) ^ (1 << bit)), offset);
    await file.sync();
  }

  #opened(file: MemoryFile, path: string): OpenFile {
    return {
      size: async () => {
        this.#whole('size', path);
        return file.bytes.length;
      },
      read: async (target, position) => {
        this.#whole('read', path);
        const found = file.bytes.subarray(position, position + target.length);
        target.set(found);
        return found.length;
      },
      write: async (bytes, position) => {
        const failure = this.#begin('write', path);
        file.write(bytes.subarray(0, Math.floor(bytes.length * (failure?.share ?? 1))), position);
        if (failure !== undefined) throw failed(failure.code, 'write', path);
      },
      truncate: async (length) => {
        this.#whole('truncate', path);
        file.truncate(length);
      },
      sync: async () => {
        const failure = this.#begin('sync', path);
        if (failure === undefined) {
          file.sync();
          return;
        }
        file.failSync(failure.share);
        throw failed(failure.code, 'sync', path);
      },
      close: async () => {},
    };
  }

  /** A call that is done wholly or not at all. */
  #whole(operation: Operation, path: string): void {
    const failure = this.#begin(operation, path);
    if (failure !== undefined) throw failed(failure.code, operation, path);
  }

  #begin(operation: Operation, path: string): Failure | undefined {
    const failure = this.failing({ operation, path });
    if (!this.#hasPower) throw failed('EIO', operation, path);
    return failure;
  }

  #remove(path: string, mayGo: (entry: Entry) => boolean, code: string): void {
    const { directory, name } = this.#parentOf(path);
    const entry = directory.seen.get(name);
    if (entry === undefined || !mayGo(entry)) throw failed(entry === undefined ? 'ENOENT' : code, 'remove', path);
    directory.seen.delete(name);
  }

  #parentOf(path: string): { readonly directory: MemoryDirectory; readonly name: string } {
    const names = namesOf(path);
    const name = names.pop() ?? '';
    return { directory: this.#directory(names.join('/'), 'open'), name };
  }

  #directory(path: string, operation: string): MemoryDirectory {
    let directory = this.#root;
    for (const name of namesOf(path)) {
      const entry = directory.seen.get(name);
      if (!(entry instanceof MemoryDirectory)) throw failed('ENOENT', operation, path);
      directory = entry;
    }
    return directory;
  }
}

function directoryAfterPowerCut(directory: MemoryDirectory, choose: Choose): MemoryDirectory {
  const found = new MemoryDirectory();
  for (const name of new Set([...directory.onDisk.keys(), ...directory.seen.keys()])) {
    const before = directory.onDisk.get(name);
    const now = directory.seen.get(name);
    const entry = before === now || choose(2) === 0 ? before : now;
    if (entry === undefined) continue;
    const survivor = entry instanceof MemoryFile ? entry.afterPowerCut(choose) : directoryAfterPowerCut(entry, choose);
    found.seen.set(name, survivor);
  }
  found.onDisk = new Map(found.seen);
  return found;
}

function namesOf(path: string): string[] {
  return path.split(/[\\/]/).filter((name) => name !== '');
}

function failed(code: string, operation: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${operation} '${path}'`), { code });
}
