/**
 * The disk as a port, with exactly what a durable log needs, so that tests can cut the power at every call. Errors are the
 * platform's own with their `code`: `ENOENT`, `ENOSPC`, `EIO`.
 */
export interface FileSystem {
  /**
   * Opens a file: `read` and `write` (which also reads) want it to exist, `create` wants it not to. A created file may
   * vanish in a power cut until its directory has been synced too.
   */
  open(path: string, access: FileAccess): Promise<OpenFile>;
  /** Names in a directory, in no order. */
  list(directory: string): Promise<readonly string[]>;
  /** Makes one directory, closed to other users; resolves to false when it is there already. */
  makeDirectory(directory: string): Promise<boolean>;
  removeFile(path: string): Promise<void>;
  /** Removes an empty directory. */
  removeDirectory(directory: string): Promise<void>;
  /** Resolves when the names in the directory (files made and removed, not what is in them) survive a power cut. */
  syncDirectory(directory: string): Promise<void>;
}

export type FileAccess = 'read' | 'write' | 'create';

export interface OpenFile {
  /** Length in bytes. */
  size(): Promise<number>;
  /** Fills `target` from `position` on. Resolves to the bytes read: fewer than asked for only at the end of the file. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes all of `bytes`. When it rejects, any part of them may be in the file. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  /**
   * Resolves when all bytes and the length survive a power cut. When it rejects, nothing written since the last success
   * can be trusted, not even after a later success: write it again.
   */
  sync(): Promise<void>;
  close(): Promise<void>;
}
