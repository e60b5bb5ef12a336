// Linear Technology LTC2942 data sheet: a coulomb counter and voltmeter for one lithium cell, on I2C.
import type { I2cTarget } from '../i2c/i2cBus.ts';
import type { Battery } from './battery.ts';
import type { EnergyMeter } from './energyMeter.ts';

export const LTC2942_ADDRESS = 0x64;
export const LTC2942 = { CONTROL: 0x01, CHARGE: 0x02, VOLTAGE: 0x08 } as const;
/** The counter begins in its middle and counts down while charge is taken. */
export const CHARGE_AT_START = 0x7fff;
/** One step of the counter with a sense resistor of 50 milliohm and the prescaler at 128, as after a reset. */
export const CHARGE_STEP_MAH = 0.085;
/** Full scale of its 14-bit voltmeter, whose result stands at the left of 16 bits. */
export const VOLTAGE_SCALE = 6;

/** The gauge between the battery and the board. It sees what the board takes, not what a charger brings. */
export class Ltc2942 implements I2cTarget {
  readonly address: number = LTC2942_ADDRESS;
  readonly #meter: EnergyMeter;
  readonly #battery: Battery;
  #register = 0;
  /** ADC in automatic mode is 0b11 in the highest bits; after a reset it sleeps. */
  #control = 0x3c;

  constructor(meter: EnergyMeter, battery: Battery) {
    this.#meter = meter;
    this.#battery = battery;
  }

  write(bytes: Uint8Array): boolean {
    const [register = 0, value] = bytes;
    this.#register = register;
    if (value !== undefined && register === LTC2942.CONTROL) this.#control = value;
    return true;
  }

  read(count: number): Uint8Array {
    const bytes = this.#registers();
    return Uint8Array.from({ length: count }, () => bytes[this.#register++ & 0xf] ?? 0);
  }

  #registers(): Uint8Array {
    const view = new DataView(new ArrayBuffer(16));
    const taken = Math.round(this.#meter.usedMah / CHARGE_STEP_MAH);
    view.setUint8(LTC2942.CONTROL, this.#control);
    view.setUint16(LTC2942.CHARGE, Math.max(0, CHARGE_AT_START - taken));
    const isMeasuring = this.#control >>> 6 !== 0;
    const steps = Math.min(0x3fff, Math.round((this.#battery.volts / VOLTAGE_SCALE) * 0x3fff));
    view.setUint16(LTC2942.VOLTAGE, isMeasuring ? steps << 2 : 0);
    return new Uint8Array(view.buffer);
  }
}
