import { type Clock, delay } from '@mkiot/core/clock/clock';
import { toHexOffset } from '@mkiot/esp32/bytes/hexOffset';
import { seededRandom } from '../../faults/seededRandom.ts';
import { chipError } from '../chipErrors.ts';
import { Power } from '../power.ts';
import type { FlashFaults, FlashStep } from './flashFaults.ts';
import type { FlashTiming } from './flashTiming.ts';

/** What one program command covers at most, and never across. */
const PAGE_BYTES = 0x100;
/** The smallest unit of erasing. */
export const SECTOR_BYTES = 0x1000;
export const BLOCK_BYTES = 0x10000;

const MEBIBYTE = 0x100000;
const SMALLEST_BYTES = 0x10000;
const LARGEST_BYTES = 0x8000000;

export interface FlashOptions {
  /** What its cells hold; they are used, not copied. A new one is `erasedFlash(size)`. */
  readonly cells: Uint8Array<ArrayBuffer>;
  readonly timing: FlashTiming;
  readonly clock: Clock;
  readonly power: Power;
  readonly faults?: FlashFaults | undefined;
  /** Hears of every change, for a flash that is kept in a file. */
  readonly onChange?: ((address: number, length: number) => void) | undefined;
}

/** The cells of a flash that nothing was written to. */
export function erasedFlash(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes).fill(0xff);
}

/**
 * A serial NOR flash: erasing sets bits, programming only clears them. Both take their time on the clock, and end half done
 * where the power goes: then they throw `CHIP_POWER_LOST`.
 */
export class FlashMemory {
  readonly #cells: Uint8Array<ArrayBuffer>;
  readonly #timing: FlashTiming;
  readonly #clock: Clock;
  readonly #power: Power;
  readonly #faults: FlashFaults | undefined;
  readonly #onChange: ((address: number, length: number) => void) | undefined;

  /** @throws `FLASH_SIZE_INVALID` */
  constructor({ cells, timing, clock, power, faults, onChange }: FlashOptions) {
    const bytes = cells.length;
    if (bytes < SMALLEST_BYTES || bytes > LARGEST_BYTES || !Number.isInteger(Math.log2(bytes))) {
      throw chipError('FLASH_SIZE_INVALID', { bytes });
    }
    this.#cells = cells;
    this.#timing = timing;
    this.#clock = clock;
    this.#power = power;
    this.#faults = faults;
    this.#onChange = onChange;
  }

  /** In bytes. */
  get size(): number {
    return this.#cells.length;
  }

  /** A copy of what lies there. @throws `FLASH_OUT_OF_RANGE` */
  read(address: number, length: number): Uint8Array<ArrayBuffer> {
    this.#checkRange(address, length);
    return this.#cells.slice(address, address + length);
  }

  /** How long a loader takes to read `length` bytes and make their digest. */
  digestMs(length: number): number {
    return (length / MEBIBYTE) * this.#timing.digestMsPerMebibyte;
  }

  /** Clears the bits that are zero in `bytes`, page by page. @throws `FLASH_OUT_OF_RANGE`, `CHIP_POWER_LOST` */
  async program(address: number, bytes: Uint8Array): Promise<void> {
    this.#checkRange(address, bytes.length);
    const end = address + bytes.length;
    // A sector at a time, so that a slow clock sets one timer for its sixteen pages.
    for (let at = address; at < end;) {
      const sectorEnd = Math.min(end, nextMultiple(at, SECTOR_BYTES));
      const pages = splitAt(at, sectorEnd, PAGE_BYTES).map(([start, length]): FlashStep => ({
        operation: 'program',
        address: start,
        length,
      }));
      await this.#perform(pages, this.#timing.pageProgramMs, (page, fraction) => {
        const from = page.address - address;
        this.#clear(page.address, bytes.subarray(from, from + Math.floor(page.length * fraction)));
      });
      at = sectorEnd;
    }
  }

  /** Sets all bits of the sector that begins at `address`. @throws `FLASH_NOT_ALIGNED`, `FLASH_OUT_OF_RANGE`, `CHIP_POWER_LOST` */
  async eraseSector(address: number): Promise<void> {
    this.#checkAligned(address, 'sector', SECTOR_BYTES);
    await this.#erase(address, SECTOR_BYTES, this.#timing.sectorEraseMs);
  }

  /** Sets all bits of the 64 KiB that begin at `address`. Throws as `eraseSector` does. */
  async eraseBlock(address: number): Promise<void> {
    this.#checkAligned(address, 'block', BLOCK_BYTES);
    await this.#erase(address, BLOCK_BYTES, this.#timing.blockEraseMs);
  }

  /** Sets all bits there are. @throws `CHIP_POWER_LOST` */
  async eraseAll(): Promise<void> {
    await this.#erase(0, this.size, (this.size / MEBIBYTE) * this.#timing.chipEraseMsPerMebibyte);
  }

  async #erase(address: number, length: number, durationMs: number): Promise<void> {
    this.#checkRange(address, length);
    const sectors = splitAt(address, address + length, SECTOR_BYTES).map(([start, bytes]): FlashStep => ({
      operation: 'erase',
      address: start,
      length: bytes,
    }));
    await this.#perform(sectors, durationMs / sectors.length, (sector, fraction) => {
      if (fraction === 1) this.#cells.fill(0xff, sector.address, sector.address + sector.length);
      else this.#eraseInPart(sector);
    });
  }

  /** Does as many of `steps` as the power allows, in one wait; the last of them maybe in part. */
  async #perform(
    steps: readonly FlashStep[],
    stepMs: number,
    apply: (step: FlashStep, fraction: number) => void,
  ): Promise<void> {
    const { signal } = this.#power;
    const doing = `busy with its flash at ${toHexOffset(steps[0]?.address ?? 0)}`;
    Power.check(signal, doing);
    const planned = this.#stepsUntilCut(steps);
    const done = await this.#wait(planned, stepMs, signal);
    for (const [index, step] of steps.slice(0, Math.ceil(done)).entries()) {
      apply(step, Math.min(1, done - index));
      this.#faults?.damage(step, this.#cells.subarray(step.address, step.address + step.length));
      this.#onChange?.(step.address, step.length);
    }
    if (planned < steps.length) this.#power.cut();
    Power.check(signal, doing);
  }

  #stepsUntilCut(steps: readonly FlashStep[]): number {
    for (const [index, step] of steps.entries()) {
      const fraction = this.#faults?.cutDuring(step);
      if (fraction !== undefined) return index + fraction;
    }
    return steps.length;
  }

  /** How many of `steps` steps were done when the time was over or the power went. */
  async #wait(steps: number, stepMs: number, signal: AbortSignal): Promise<number> {
    if (stepMs === 0) return steps;
    const startMs = this.#clock.monotonic();
    await delay(this.#clock, steps * stepMs, signal);
    return signal.aborted ? Math.min(steps, (this.#clock.monotonic() - startMs) / stepMs) : steps;
  }

  #clear(address: number, bytes: Uint8Array): void {
    for (const [index, byte] of bytes.entries()) {
      this.#cells[address + index] = (this.#cells[address + index] as number) & byte;
    }
  }

  /** Cells that were on their way from zero to one read as either. */
  #eraseInPart(sector: FlashStep): void {
    const cells = this.#cells.subarray(sector.address, sector.address + sector.length);
    const drift = seededRandom(sector.address + 1)(new Uint8Array(sector.length));
    for (const [index, cell] of cells.entries()) cells[index] = cell | (drift[index] as number);
  }

  #checkRange(address: number, length: number): void {
    const isInside = address >= 0 && length >= 0 && address + length <= this.size;
    if (isInside) return;
    throw chipError('FLASH_OUT_OF_RANGE', {
      length,
      address: toHexOffset(address),
      size: toHexOffset(this.size),
    });
  }

  #checkAligned(address: number, unit: string, unitBytes: number): void {
    if (address % unitBytes !== 0) {
      throw chipError('FLASH_NOT_ALIGNED', { address: toHexOffset(address), unit, unitBytes });
    }
  }
}

function nextMultiple(address: number, unit: number): number {
  return address - (address % unit) + unit;
}

/** The parts of `start` to `end` that lie in one `unit` each, as start and length. */
function splitAt(start: number, end: number, unit: number): readonly (readonly [start: number, length: number])[] {
  const parts: (readonly [number, number])[] = [];
  for (let at = start; at < end;) {
    const partEnd = Math.min(end, nextMultiple(at, unit));
    parts.push([at, partEnd - at]);
    at = partEnd;
  }
  return parts;
}
