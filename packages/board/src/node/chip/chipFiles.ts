import type { Chip } from '@mkiot/esp32/chips/chip';
import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { buildEmulatorFile, parseEmulatorFile } from '@mkiot/esp32/efuse/emulatorFile';
import { type FileHandle, open } from 'node:fs/promises';
import { erasedFlash } from '../../chip/flash/flashMemory.ts';
import { withoutReadProtected } from '../../chip/efuse/protection.ts';
import { naming, readFileIfAny, replaceFile } from '../durableFile.ts';
import { chipServerError } from './chipServerErrors.ts';

const SMALLEST_BYTES = 0x10000;
const LARGEST_BYTES = 0x8000000;

/** A flash that is kept in a file as it is: what is written to it is written there. */
export class FlashFile implements AsyncDisposable {
  readonly cells: Uint8Array<ArrayBuffer>;
  readonly #file: string;
  readonly #handle: FileHandle;
  #written: Promise<unknown> = Promise.resolve();
  /** Where cells have changed that are not in the file yet, as first and end. */
  #dirty: { from: number; end: number } | undefined;

  private constructor(file: string, handle: FileHandle, cells: Uint8Array<ArrayBuffer>) {
    this.#file = file;
    this.#handle = handle;
    this.cells = cells;
  }

  /**
   * @param newBytes size of the flash where there is no file yet
   * @throws `CHIP_FLASH_FILE_SIZE`, `BOARD_FILE_UNUSABLE`
   */
  static async open(file: string, newBytes: number): Promise<FlashFile> {
    const kept = await readFileIfAny(file);
    const bytes = kept.length;
    if (bytes > 0 && !isFlashSize(bytes)) throw chipServerError('CHIP_FLASH_FILE_SIZE', { file, bytes });
    const cells = bytes > 0 ? new Uint8Array(kept) : erasedFlash(newBytes);
    if (bytes === 0) await replaceFile(file, cells);
    return new FlashFile(file, await naming(file, () => open(file, 'r+')), cells);
  }

  /** Tells that cells have changed. */
  changed(address: number, length: number): void {
    const { from, end } = this.#dirty ?? { from: address, end: address };
    if (this.#dirty === undefined) this.#written = this.#written.then(() => this.#write());
    this.#dirty = { from: Math.min(from, address), end: Math.max(end, address + length) };
    this.#written.catch(() => {});
  }

  /** Writes what is left. @throws `BOARD_FILE_UNUSABLE` when a write has failed */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#written;
      await naming(this.#file, () => this.#handle.sync());
    } finally {
      await this.#handle.close();
    }
  }

  async #write(): Promise<void> {
    const dirty = this.#dirty;
    this.#dirty = undefined;
    if (dirty === undefined) return;
    const { from, end } = dirty;
    await naming(this.#file, () => this.#handle.write(this.cells, from, end - from, from));
  }
}

/**
 * The eFuses of a chip in two files: `file` has what can be read of them, in the format of `espefuse --virt
 * --path-efuse-file`, and `file`.sealed the true bits, for this chip alone. Bits that espefuse burned into the first while the
 * chip was off are burned: eFuses only go one way.
 */
export class EfuseFiles implements AsyncDisposable {
  readonly burned: EfuseDump;
  readonly #file: string;
  #written: Promise<void> = Promise.resolve();

  private constructor(file: string, burned: EfuseDump) {
    this.#file = file;
    this.burned = burned;
  }

  /** @param factory the eFuses of a new chip @throws `EFUSE_WRONG_LENGTH`, `EFUSE_NOT_READ`, `BOARD_FILE_UNUSABLE` */
  static async open(file: string, factory: EfuseDump): Promise<EfuseFiles> {
    const kept = [await readFileIfAny(file), await readFileIfAny(sealed(file))].filter((bytes) => bytes.length > 0);
    const dumps = kept.map((bytes) => parseEmulatorFile(bytes, factory.chip));
    const burned = dumps.length === 0 ? factory : dumps.reduce((one, other) => bothBurned(factory.chip, one, other));
    return new EfuseFiles(file, burned);
  }

  /** Keeps what is burned now, hidden bits too. */
  keep(trueBits: EfuseDump): void {
    this.#written = this.#written.then(async () => {
      await replaceFile(sealed(this.#file), buildEmulatorFile(trueBits));
      await replaceFile(this.#file, buildEmulatorFile(withoutReadProtected(trueBits)));
    });
    this.#written.catch(() => {});
  }

  /** Waits until all is kept. @throws `BOARD_FILE_UNUSABLE` when it could not be */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#written;
  }
}

function sealed(file: string): string {
  return `${file}.sealed`;
}

function bothBurned(chip: Chip, one: EfuseDump, other: EfuseDump): EfuseDump {
  const blocks = one.blocks.map((block, number) => block.map((byte, at) => byte | (other.blocks[number]?.[at] ?? 0)));
  return { chip, blocks };
}

function isFlashSize(bytes: number): boolean {
  return bytes >= SMALLEST_BYTES && bytes <= LARGEST_BYTES && Number.isInteger(Math.log2(bytes));
}
