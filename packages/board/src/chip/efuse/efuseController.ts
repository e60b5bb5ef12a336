import type { Chip, EfuseBlock } from '@mkiot/esp32/chips/chip';
import { codingScheme, type EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { chipError } from '../chipErrors.ts';
import { Power } from '../power.ts';
import { blockCoding, type BlockCoding } from './blockCoding.ts';
import type { EfuseFaults } from './efuseFaults.ts';
import { dropWriteProtected, withoutReadProtected } from './protection.ts';

export interface EfuseOptions {
  readonly chip: Chip;
  readonly power: Power;
  /** The true bits; without them the chip is blank. */
  readonly burned?: EfuseDump | undefined;
  readonly faults?: EfuseFaults | undefined;
  /** Hears of every burn, for eFuses that are kept in a file. */
  readonly onChange?: (() => void) | undefined;
}

/** What the registers show since the eFuses were last read. */
interface Loaded {
  readonly trueBits: EfuseDump;
  readonly readable: EfuseDump;
  /** Blocks whose coding is broken. */
  readonly broken: ReadonlySet<number>;
}

/**
 * The eFuses of a chip and their controller. A bit that is burned stays so. What is read-protected works inside the chip and
 * reads as zeros; what is write-protected ignores a burn, silently, as in the chip.
 */
export class EfuseController {
  readonly chip: Chip;
  readonly #power: Power;
  readonly #faults: EfuseFaults | undefined;
  readonly #onChange: (() => void) | undefined;
  readonly #fuses: readonly Uint8Array<ArrayBuffer>[];
  #loaded: Loaded;

  /** @throws `EFUSES_OF_OTHER_CHIP` */
  constructor({ chip, power, burned, faults, onChange }: EfuseOptions) {
    if (burned !== undefined && burned.chip.name !== chip.name) {
      throw chipError('EFUSES_OF_OTHER_CHIP', { found: burned.chip.label, expected: chip.label });
    }
    this.chip = chip;
    this.#power = power;
    this.#faults = faults;
    this.#onChange = onChange;
    const scheme = codingScheme(chip, burned?.blocks[0] ?? new Uint8Array(chip.efuse.windowBytes));
    this.#fuses = chip.efuse.blocks.map((block) => {
      const coding = blockCoding(block, chip.efuse.coding, scheme);
      const data = burned?.blocks[block.number]?.slice(0, coding.dataBytes(block));
      return coding.encode(data ?? new Uint8Array(coding.dataBytes(block)));
    });
    this.#loaded = this.#load();
  }

  /** What software can read: read-protected blocks and fields are zeros. */
  readable(): EfuseDump {
    return this.#loaded.readable;
  }

  /**
   * All bits that are burned, also the hidden ones and those that were not read yet: to keep the chip in a file, for nobody
   * that runs on it or talks to it.
   */
  trueBits(): EfuseDump {
    return this.#load().trueBits;
  }

  /** The data of a key block as the hardware sees them, read-protected or not: for the chip's own cryptography only. */
  trueKey(block: number): Uint8Array<ArrayBuffer> {
    this.#block(block);
    return Uint8Array.from(this.#loaded.trueBits.blocks[block] ?? []);
  }

  /** The check bytes of the block do not fit its data, as when it was burned twice. */
  isBroken(block: number): boolean {
    return this.#loaded.broken.has(block);
  }

  /**
   * Burns data as firmware does: coded as the chip's scheme asks, and read again at once.
   *
   * @param data from the first bit of the block on; where zeros are, nothing changes
   * @throws `EFUSE_BURN_TOO_LONG`, `EFUSE_BLOCK_UNKNOWN`, `CHIP_POWER_LOST`;
   *   `EFUSE_BLOCK_WRITTEN` where a coded block would get more bits than it holds
   */
  burn(block: number, data: Uint8Array): void {
    const layout = this.#block(block);
    const coding = this.#coding(layout);
    const blockBytes = coding.dataBytes(layout);
    if (data.length > blockBytes) throw chipError('EFUSE_BURN_TOO_LONG', { bytes: data.length, block, blockBytes });
    const whole = new Uint8Array(blockBytes);
    whole.set(data);
    const isCoded = coding.fuseBytes(layout) > blockBytes;
    const holdsData = this.#fuses[block]?.some((byte) => byte !== 0) ?? false;
    if (isCoded && holdsData && whole.some((byte) => byte !== 0)) throw chipError('EFUSE_BLOCK_WRITTEN', { block });
    this.program(block, coding.encode(whole));
    this.reload();
  }

  /**
   * Burns fuses as the programming registers do: `bits` are those of the fuses, coding and all. They are seen after the next
   * `reload`, and only then protections that are among them begin.
   *
   * @throws `EFUSE_BLOCK_UNKNOWN`, `CHIP_POWER_LOST`
   */
  program(block: number, bits: Uint8Array): void {
    this.#block(block);
    const fuses = this.#fuses[block] as Uint8Array;
    const burned = bits.slice(0, fuses.length);
    dropWriteProtected(this.#loaded.trueBits, block, burned);
    const { signal } = this.#power;
    Power.check(signal, `to burn eFuse block ${block}`);
    if (this.#faults?.burning(block, burned)) this.#power.cut();
    for (const [index, byte] of burned.entries()) fuses[index] = (fuses[index] as number) | byte;
    this.#onChange?.();
    Power.check(signal, `burning eFuse block ${block}`);
  }

  /** Reads the fuses into the registers, as each reset does. */
  reload(): void {
    this.#loaded = this.#load();
  }

  #load(): Loaded {
    const { chip } = this;
    const broken = new Set<number>();
    const blocks = chip.efuse.blocks.map((block) => {
      const coding = this.#coding(block);
      const { data, isBroken } = coding.decode(this.#fuses[block.number] as Uint8Array);
      if (isBroken) broken.add(block.number);
      return data.slice(0, coding.dataBytes(block));
    });
    const trueBits = { chip, blocks };
    return { trueBits, readable: withoutReadProtected(trueBits), broken };
  }

  #coding(block: EfuseBlock): BlockCoding {
    const scheme = codingScheme(this.chip, this.#fuses[0] as Uint8Array);
    return blockCoding(block, this.chip.efuse.coding, scheme);
  }

  #block(number: number): EfuseBlock {
    const { blocks } = this.chip.efuse;
    const block = blocks[number];
    if (block !== undefined) return block;
    throw chipError('EFUSE_BLOCK_UNKNOWN', { chip: this.chip.label, block: number, last: blocks.length - 1 });
  }
}
