import type { VirtualChipOptions } from '@mkiot/board/chip/virtualChip';
import type { StationPorts } from '@mkiot/esp32/station/job';
import type { UnitKeys, UnitPage } from '@mkiot/esp32/station/unitBook';
import type { StationBench } from './stationBench.ts';

/** What can be going on when the power goes: the chip at its flash, a request on the line, or a burn, a page of the book, a register. */
export const MOMENT_KINDS = ['flash', 'line', 'step'] as const;

export type MomentKind = (typeof MOMENT_KINDS)[number];

/** A moment of a run: the one with this number among those of its kind. */
export interface Moment {
  readonly kind: MomentKind;
  readonly number: number;
}

/** Cuts the power of chip and station at one moment, in the middle of what goes on then; and counts the moments. */
export class PowerCut {
  readonly counts: Record<MomentKind, number> = { flash: 0, line: 0, step: 0 };
  readonly #at: Moment | undefined;
  #isDown = false;
  #down: () => void = () => {};

  /** @param at undefined: never */
  constructor(at?: Moment) {
    this.#at = at;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Half of what was to be burned or written is there when the power goes. */
  get faults(): NonNullable<VirtualChipOptions['faults']> {
    return {
      efuse: {
        burning: (_block, bits) => {
          if (!this.#isNow('step')) return false;
          for (const [at, byte] of bits.entries()) bits[at] = byte & 0x55;
          return true;
        },
      },
      flash: { cutDuring: () => (this.#isNow('flash') ? 0.5 : undefined), damage: () => {} },
    };
  }

  /** The ports of a station on the same power. */
  ports(bench: StationBench, ports: StationPorts): StationPorts {
    this.#down = () => {
      bench.port.close();
      void bench.chip.powerOff();
    };
    const { serial, book } = ports;
    const write = serial.write.bind(serial);
    serial.write = (bytes) => {
      if (this.#isDown || this.#isNow('line')) return Promise.reject(new Error('the power is off'));
      return write(bytes);
    };
    const step =
      <Words extends readonly unknown[], Result>(work: (...words: Words) => Promise<Result>) =>
      async (...words: Words): Promise<Result> => {
        this.#check('step');
        const result = await work(...words);
        this.#check('step');
        return result;
      };
    return {
      ...ports,
      register: step(ports.register),
      book: {
        ...book,
        keepKeys: step((mac: string, keys: UnitKeys) => book.keepKeys(mac, keys)),
        keepPage: step((mac: string, page: UnitPage) => book.keepPage(mac, page)),
      },
    };
  }

  #check(kind: MomentKind): void {
    if (this.#isDown || this.#isNow(kind)) throw new Error('the power is off');
  }

  #isNow(kind: MomentKind): boolean {
    const number = this.counts[kind]++;
    if (this.#isDown || this.#at?.kind !== kind || this.#at.number !== number) return false;
    this.#isDown = true;
    this.#down();
    return true;
  }
}
