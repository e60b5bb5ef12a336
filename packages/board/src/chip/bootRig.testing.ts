import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import type { Chip } from '@mkiot/esp32/chips/chip';
import { ESP32 } from '@mkiot/esp32/chips/esp32';
import { burnBits } from '@mkiot/esp32/efuse/bits';
import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { buildPartitionTable } from '@mkiot/esp32/partitionTable/buildPartitionTable';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import type { AppEnd, AppWorld, FirmwareRegistry } from './app/firmware.ts';
import { buildVirtualApp } from './app/buildVirtualApp.ts';
import type { BootHardware } from './boot/bootHardware.ts';
import type { BootloaderOptions } from './boot/bootloaderOptions.ts';
import { buildVirtualBootloader } from './boot/buildVirtualBootloader.ts';
import type { ResetReason } from './boot/resetReason.ts';
import { withoutColours } from './consoleText.ts';
import { factoryEfuses } from './efuse/factoryEfuses.ts';
import { EfuseController } from './efuse/efuseController.ts';
import type { EfuseFaults } from './efuse/efuseFaults.ts';
import type { FlashFaults } from './flash/flashFaults.ts';
import { erasedFlash, FlashMemory } from './flash/flashMemory.ts';
import { FLASH_TIMINGS } from './flash/flashTiming.ts';
import { seededRandom } from '../faults/seededRandom.ts';
import { CHIP_MODELS, type VirtualChipName } from './models/chipModels.ts';
import { Power } from './power.ts';
import { runFromFlash } from './runFromFlash.ts';

/** A partition with what most have. */
export function partition(
  name: string,
  type: number,
  subtype: number,
  offset: number,
  size: number,
  encrypted = false,
): Partition {
  return { name, type, subtype, offset, size, encrypted, readonly: false, unknownFlags: 0 };
}

/** NVS with its keys, OTA data, a factory app and two slots. */
export const PARTITIONS: readonly Partition[] = [
  partition('nvs', 1, 2, 0x9000, 0x4000),
  partition('nvs_keys', 1, 4, 0xd000, 0x1000, true),
  partition('otadata', 1, 0, 0xe000, 0x2000),
  partition('factory', 0, 0, 0x10000, 0x10000),
  partition('ota_0', 0, 0x10, 0x20000, 0x10000),
  partition('ota_1', 0, 0x11, 0x30000, 0x10000),
];

export interface RigOptions {
  readonly chip?: Chip;
  readonly flashBytes?: number;
  readonly bootloader?: Partial<BootloaderOptions>;
  readonly partitions?: readonly Partition[];
  readonly firmwares?: FirmwareRegistry;
  /** Bits that the chip has from the factory, by field of BLOCK0: first bit, number of bits, value. */
  readonly burned?: readonly (readonly [bit: number, bits: number, value: number])[];
  readonly flashFaults?: FlashFaults;
  readonly efuseFaults?: EfuseFaults;
  readonly strapping?: number;
  /** Of the chip's random numbers. */
  readonly seed?: number;
}

/** Silicon revision v3.0 of the original ESP32. */
export const REVISION_3 = [
  [111, 1, 1],
  [180, 1, 1],
] as const;

/** A chip on a bench: what is in its flash, and what it prints. */
export class BootRig {
  readonly chip: Chip;
  readonly clock: VirtualClock = new VirtualClock();
  readonly power: Power = new Power();
  readonly cells: Uint8Array<ArrayBuffer>;
  readonly hardware: BootHardware;
  readonly firmwares: FirmwareRegistry;
  /** Apps that were started, in their order. */
  readonly started: AppWorld[] = [];
  /** Who listens at the serial port, beside the rig. */
  onOutput: ((bytes: Uint8Array) => void) | undefined;
  readonly #strapping: number;
  #printed = '';

  constructor(options: RigOptions = {}) {
    const { chip = ESP32 } = options;
    this.chip = chip;
    this.#strapping = options.strapping ?? CHIP_MODELS[chip.name as VirtualChipName].strapping.flash;
    this.cells = erasedFlash(options.flashBytes ?? 0x40000);
    const { power, clock } = this;
    const lossy = new TextDecoder();
    this.hardware = {
      flash: new FlashMemory({
        cells: this.cells,
        timing: FLASH_TIMINGS.unthrottled,
        clock,
        power,
        faults: options.flashFaults,
      }),
      efuse: new EfuseController({
        chip,
        power,
        burned: burnedOf(chip, options.burned),
        faults: options.efuseFaults,
      }),
      clock,
      random: seededRandom(options.seed ?? 1),
      aes: portableAes,
      output: (bytes) => {
        this.#printed += lossy.decode(bytes, { stream: true });
        this.onOutput?.(bytes);
      },
      input: { onBytes: undefined },
    };
    this.firmwares = options.firmwares ?? { blink: (world, signal) => this.#blink(world, signal) };
  }

  /** A rig whose flash holds bootloader, partition table and factory app. */
  static async flashed(options: RigOptions = {}): Promise<BootRig> {
    const rig = new BootRig(options);
    const bootloader = await buildVirtualBootloader(rig.chip, options.bootloader);
    rig.put(rig.chip.bootloaderOffset, bootloader);
    rig.put(
      options.bootloader?.partitionTableOffset ?? 0x8000,
      buildPartitionTable(options.partitions ?? PARTITIONS, true),
    );
    const app = (options.partitions ?? PARTITIONS).find(({ type }) => type === 0);
    if (app !== undefined) rig.put(app.offset, await rig.app('1.0.0'));
    return rig;
  }

  /** Everything printed so far, without the colours. */
  get printed(): string {
    return withoutColours(this.#printed);
  }

  /** The lines printed so far, log lines without their time. */
  get lines(): readonly string[] {
    return this.printed.split('\r\n').map((line) => line.replace(/^([EWI]) \(\d+\) /, '$1 '));
  }

  app(version: string, secureVersion = 0): Promise<Uint8Array<ArrayBuffer>> {
    return buildVirtualApp({ chip: this.chip, firmware: 'blink', version, secureVersion });
  }

  /** Puts bytes into flash as a programmer does that has it on a clip. */
  put(address: number, bytes: Uint8Array): void {
    this.cells.set(bytes, address);
  }

  /** Switches on, and runs until the chip has begun to boot so often. */
  async bootTimes(resets: number): Promise<void> {
    await this.#run((printed) => printed.split('rst:0x').length > resets + 1);
  }

  /**
   * Switches on, and runs until `text` is printed once more than before, or until the power has gone. Then the power is off.
   */
  async bootUntil(text: string, reason: ResetReason = 'power-on'): Promise<void> {
    await this.#run((printed) => printed.includes(text), reason);
  }

  async #run(isDone: (printed: string) => boolean, reason: ResetReason = 'power-on'): Promise<void> {
    this.power.on();
    const from = this.#printed.length;
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.power.signal]);
    const { firmwares } = this;
    const running = runFromFlash(this.hardware, { reason, strapping: this.#strapping, firmwares, signal });
    const over = new AbortController();
    const resting = running.finally(() => over.abort());
    for (let tries = 0; !over.signal.aborted && !isDone(this.#printed.slice(from)); tries++) {
      if (tries > 3_000) throw new Error(`what is waited for was not printed, but:\n${this.printed}`);
      await this.clock.advanceAsync(10);
    }
    end.abort();
    await resting;
    this.power.cut();
  }

  /** Does nothing until the power goes. */
  async #blink(world: AppWorld, signal: AbortSignal): Promise<AppEnd> {
    this.started.push(world);
    world.console.line(`blink ${world.version} runs from ${world.running.name}`);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return { kind: 'restart' };
  }
}

/** An ESP32 is of revision v3.0 unless the test says otherwise; other chips are as their factory makes them. */
function burnedOf(chip: Chip, bits: RigOptions['burned']): EfuseDump {
  if (chip !== ESP32) return factoryEfuses(CHIP_MODELS[chip.name as VirtualChipName], new Uint8Array(6));
  const blocks = chip.efuse.blocks.map(({ words }) => new Uint8Array(words * 4));
  for (const [bit, width, value] of bits ?? REVISION_3) burnBits(blocks[0] as Uint8Array, bit, width, value);
  return { chip, blocks };
}
