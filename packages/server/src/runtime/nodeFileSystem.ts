import fs from 'node:fs';
import { mkdir, readdir, rmdir, unlink } from 'node:fs/promises';
import type { FileAccess, FileSystem, OpenFile } from './fileSystem.ts';

const { O_CREAT, O_DSYNC, O_EXCL, O_RDONLY, O_RDWR } = fs.constants;

/**
 * Linux writes and syncs in one call, which saves a commit one of two trips to another thread (a twentieth of a message that
 * comes alone). Not so elsewhere: macOS means less by it than by the sync that it is asked for here.
 */
const IS_SYNCED_BY_WRITE = process.platform === 'linux';
const SYNCED = IS_SYNCED_BY_WRITE ? O_DSYNC : 0;

const FLAGS: Readonly<Record<FileAccess, number>> = {
  read: O_RDONLY,
  write: O_RDWR | SYNCED,
  create: O_RDWR | SYNCED | O_CREAT | O_EXCL,
};

/** The machine's own disk. Files are made with mode 0600, directories with 0700. */
export const nodeFileSystem: FileSystem = {
  open: async (path, access) => new NodeFile(await openDescriptor(path, FLAGS[access])),
  list: (directory) => readdir(directory),
  async makeDirectory(directory) {
    try {
      await mkdir(directory, { mode: 0o700 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  },
  removeFile: (path) => unlink(path),
  removeDirectory: (directory) => rmdir(directory),
  async syncDirectory(directory) {
    // Windows cannot open a directory as a file, and NTFS journals names by itself.
    if (process.platform === 'win32') return;
    const descriptor = await openDescriptor(directory, O_RDONLY);
    try {
      await settled((done) => fs.fsync(descriptor, done));
    } finally {
      await settled((done) => fs.close(descriptor, done));
    }
  },
};

/** On descriptors and callbacks: a commit of the event log is a write and a sync, and `FileHandle` makes both dearer. */
class NodeFile implements OpenFile {
  readonly #descriptor: number;
  /** Whether there may be something that no sync has covered: at first what others have written to it. */
  #isUnsynced = true;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  size(): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#descriptor, (error, stats) => (error === null ? resolve(stats.size) : reject(error)));
    });
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const count = await this.#readOnce(target, done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    if (!IS_SYNCED_BY_WRITE) this.#isUnsynced = true;
    let done = 0;
    while (done < bytes.length) done += await this.#writeOnce(bytes, done, position + done);
  }

  truncate(length: number): Promise<void> {
    this.#isUnsynced = true;
    return settled((done) => fs.ftruncate(this.#descriptor, length, done));
  }

  async sync(): Promise<void> {
    if (!this.#isUnsynced) return;
    this.#isUnsynced = false;
    try {
      await settled((done) => fs.fdatasync(this.#descriptor, done));
    } catch (error) {
      this.#isUnsynced = true;
      throw error;
    }
  }

  close(): Promise<void> {
    return settled((done) => fs.close(this.#descriptor, done));
  }

  #readOnce(target: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#descriptor, target, offset, target.length - offset, position, (error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    });
  }

  #writeOnce(bytes: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.write(this.#descriptor, bytes, offset, bytes.length - offset, position, (error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    });
  }
}

function openDescriptor(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, 0o600, (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)));
  });
}

function settled(start: (done: (error: NodeJS.ErrnoException | null | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}
