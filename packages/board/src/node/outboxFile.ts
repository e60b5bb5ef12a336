import { type FileHandle, open } from 'node:fs/promises';
import type { OutboxStorage } from '../device/outbox/outboxStorage.ts';
import { FILE_MODE, naming, readFileIfAny, replaceFile } from './durableFile.ts';

/** The outbox as a file that only its owner may read. */
export class OutboxFile implements OutboxStorage {
  readonly #file: string;
  #handle: FileHandle | undefined;
  /** How much of the file counts: what a failed write has left behind it does not. */
  #length = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async read(): Promise<Uint8Array> {
    const bytes = await readFileIfAny(this.#file);
    this.#length = bytes.length;
    return bytes;
  }

  append(bytes: Uint8Array): Promise<void> {
    return naming(this.#file, async () => {
      this.#handle ??= await open(this.#file, 'r+', FILE_MODE);
      let written = 0;
      while (written < bytes.length) {
        const part = await this.#handle.write(bytes, written, bytes.length - written, this.#length + written);
        written += part.bytesWritten;
      }
      await this.#handle.datasync();
      this.#length += bytes.length;
    });
  }

  async replace(bytes: Uint8Array): Promise<void> {
    // Windows does not rename over a file that is open.
    await this.close();
    await replaceFile(this.#file, bytes);
    this.#length = bytes.length;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
