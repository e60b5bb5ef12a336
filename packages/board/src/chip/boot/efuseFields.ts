import type { EfuseField } from '@mkiot/esp32/chips/chip';
import { burnBits } from '@mkiot/esp32/efuse/bits';
import { type EfuseDump, fieldBits, isWriteProtected, rawNumber } from '@mkiot/esp32/efuse/efuseDump';
import { fieldsOf } from '@mkiot/esp32/efuse/efuseFields';
import type { EfuseController } from '../efuse/efuseController.ts';

/** The eFuse `name` of this chip; undefined where it has none. */
function efuseField(dump: EfuseDump, name: string): EfuseField | undefined {
  return fieldsOf(dump).find((field) => field.name === name);
}

/** The value of the eFuse `name` as software reads it; 0 where the chip has no such eFuse. */
export function efuseNumber(dump: EfuseDump, name: string): number {
  const field = efuseField(dump, name);
  return field === undefined ? 0 : rawNumber(dump, field);
}

/** How many bits of the eFuse `name` are burned: what counters and versions count by. */
export function efuseOnes(dump: EfuseDump, name: string): number {
  let ones = 0;
  for (let bits = efuseNumber(dump, name); bits > 0; bits = Math.floor(bits / 2)) ones += bits % 2;
  return ones;
}

/** How many bits the eFuse `name` has. */
export function efuseBits(dump: EfuseDump, name: string): number {
  const field = efuseField(dump, name);
  return field === undefined ? 0 : fieldBits(dump, field);
}

/** Nobody can change the eFuse `name` any more. */
export function isFieldLocked(dump: EfuseDump, name: string): boolean {
  const bit = efuseField(dump, name)?.writeProtectBit;
  return bit !== undefined && isWriteProtected(dump, bit);
}

/** eFuses that are burned together, as `esp_efuse_batch_write_commit` burns them. */
export class EfuseBatch {
  readonly #efuse: EfuseController;
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(efuse: EfuseController) {
    this.#efuse = efuse;
  }

  /** Adds the ones of `value`; nothing where the chip has no eFuse of this name. */
  set(name: string, value: number): void {
    const field = efuseField(this.#efuse.readable(), name);
    if (field !== undefined) burnBits(this.#block(field.block), field.bit, field.bits, value);
  }

  /** Adds bit `bit` of the eFuse `name`. */
  setBit(name: 'WR_DIS' | 'RD_DIS', bit: number): void {
    this.set(name, 2 ** bit);
  }

  /** Adds a whole key block. */
  setBlock(block: number, data: Uint8Array): void {
    this.#block(block).set(data);
  }

  /**
   * Burns what was added, BLOCK0 with its protections last: so a key is never protected before it is there.
   *
   * @throws `CHIP_POWER_LOST`
   */
  commit(beforeBlock: (block: number) => void, afterBlock: (block: number) => void): void {
    const blocks = [...this.#blocks].toSorted(([one], [other]) => other - one);
    for (const [block, bits] of blocks) {
      if (bits.every((byte) => byte === 0)) continue;
      beforeBlock(block);
      this.#efuse.burn(block, bits);
      afterBlock(block);
    }
    this.#blocks.clear();
  }

  #block(number: number): Uint8Array {
    const found = this.#blocks.get(number);
    if (found !== undefined) return found;
    const length = this.#efuse.readable().blocks[number]?.length ?? 0;
    const block = new Uint8Array(length);
    this.#blocks.set(number, block);
    return block;
  }
}
