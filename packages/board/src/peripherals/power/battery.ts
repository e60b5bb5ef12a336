import type { Clock } from '@mkiot/core/clock/clock';
import type { EnergyMeter } from './energyMeter.ts';

/** Open-circuit voltage of a lithium-ion cell by what is left of its charge: empty, in tenths, full. */
const VOLTAGES: readonly number[] = [3, 3.45, 3.6, 3.68, 3.74, 3.79, 3.84, 3.92, 4, 4.09, 4.2];
const RESISTANCE_OHM = 0.15;
const HOUR_MS = 3_600_000;

export interface BatterySettings {
  readonly capacityMah: number;
  /** What is left at the beginning, from 0 to 1. */
  readonly charged: number;
  /** A charger gives this much until the cell is full. */
  readonly chargingMa: number;
}

/** The cell that feeds the board. Looked at as often as one likes; in between it is as if it had been. */
export class Battery {
  readonly #clock: Clock;
  readonly #meter: EnergyMeter;
  readonly #settings: BatterySettings;
  #leftMah: number;
  #seenMs: number;
  #seenMah: number;

  constructor(clock: Clock, meter: EnergyMeter, settings: BatterySettings) {
    this.#clock = clock;
    this.#meter = meter;
    this.#settings = settings;
    this.#leftMah = settings.capacityMah * settings.charged;
    this.#seenMs = clock.monotonic();
    this.#seenMah = meter.usedMah;
  }

  get leftMah(): number {
    const { capacityMah, chargingMa } = this.#settings;
    const [nowMs, usedMah] = [this.#clock.monotonic(), this.#meter.usedMah];
    const change = (chargingMa * (nowMs - this.#seenMs)) / HOUR_MS - (usedMah - this.#seenMah);
    this.#leftMah = Math.min(capacityMah, Math.max(0, this.#leftMah + change));
    [this.#seenMs, this.#seenMah] = [nowMs, usedMah];
    return this.#leftMah;
  }

  /** At its terminals, under the load of the moment. */
  get volts(): number {
    const place = (this.leftMah / this.#settings.capacityMah) * (VOLTAGES.length - 1);
    const index = Math.min(VOLTAGES.length - 2, Math.floor(place));
    const [low = 0, high = 0] = VOLTAGES.slice(index, index + 2);
    const drop = ((this.#meter.milliamperes - this.#settings.chargingMa) / 1_000) * RESISTANCE_OHM;
    return low + (high - low) * (place - index) - Math.max(0, drop);
  }
}
