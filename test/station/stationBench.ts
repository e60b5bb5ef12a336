import { type FieldValues, fieldBlocks } from '@mkiot/board/chip/efuse/burnFields';
import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { ChipSerialPort } from '@mkiot/board/chip/serial/chipSerialPort';
import { VirtualChip, type VirtualChipOptions } from '@mkiot/board/chip/virtualChip';
import { seededRandom } from '@mkiot/board/faults/seededRandom';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';

/** So much of a time-out passes while a turn of the event loop does: somebody may be at work that takes no time here. */
const STEP_MS = 25;
const MAC: Uint8Array<ArrayBuffer> = Uint8Array.of(0xa0, 0xb1, 0xc2, 0xd3, 0xe4, 0xf5);

export interface BenchOptions extends Partial<Omit<VirtualChipOptions, 'model' | 'efuses' | 'clock'>> {
  /** One that benches share; each has its own without it. */
  readonly clock?: VirtualClock;
  readonly mac?: Uint8Array<ArrayBuffer>;
  readonly burned?: FieldValues;
  /** A chip that was there before, as its cells and fuses are now. */
  readonly efuses?: EfuseDump;
}

/** A virtual chip on the station's bench, in virtual time. */
export class StationBench {
  readonly clock: VirtualClock;
  readonly chip: VirtualChip;
  readonly port: ChipSerialPort;

  constructor(name: VirtualChipName, options: BenchOptions = {}) {
    const { burned = {}, efuses, mac = MAC, clock = new VirtualClock(), ...more } = options;
    this.clock = clock;
    const model = CHIP_MODELS[name];
    const before = fieldBlocks(model.chip, burned);
    const blocks = factoryEfuses(model, mac).blocks.map((block, number) =>
      block.map((byte, at) => byte | (before[number]?.[at] ?? 0)),
    );
    this.chip = new VirtualChip({
      model,
      flashCells: erasedFlash(0x400000),
      efuses: efuses ?? { chip: model.chip, blocks },
      clock,
      random: seededRandom(1),
      aes: portableAes,
      firmwares: {},
      ...more,
    });
    this.port = new ChipSerialPort(this.chip);
    this.chip.powerOn();
  }

  inTime<Result>(work: Promise<Result>): Promise<Result> {
    return inTimeOf(this.clock, work);
  }
}

/** Lets time pass until `work` is done; none while it waits for something else than time. */
export async function inTimeOf<Result>(clock: VirtualClock, work: Promise<Result>): Promise<Result> {
  const ended = new AbortController();
  const done = work.finally(() => ended.abort());
  done.catch(() => undefined);
  while (!ended.signal.aborted) {
    if (!(await clock.advanceToNextAsync(STEP_MS))) await clock.advanceAsync(clock.isIdle ? 0 : STEP_MS);
  }
  return done;
}
