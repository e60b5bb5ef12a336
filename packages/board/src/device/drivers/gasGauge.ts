import type { I2cController } from '../../peripherals/i2c/i2cBus.ts';
import {
  CHARGE_AT_START,
  CHARGE_STEP_MAH,
  LTC2942,
  LTC2942_ADDRESS,
  VOLTAGE_SCALE,
} from '../../peripherals/power/ltc2942.ts';

/** Automatic conversions, prescaler 128, no pin for alarms. */
const CONTROL = 0xf8;

/** What the gauge says. */
export interface BatteryReading {
  readonly volts: number;
  /** Taken from the battery since the gauge got power, in milliampere-hours. */
  readonly usedMah: number;
}

/** Reads an LTC2942. @throws `I2C_NO_ACKNOWLEDGE`, `I2C_BUS_STUCK` */
export async function readGasGauge(i2c: I2cController): Promise<BatteryReading> {
  await i2c.transfer(LTC2942_ADDRESS, Uint8Array.of(LTC2942.CONTROL, CONTROL));
  const read = async (register: number): Promise<number> => {
    const [high = 0, low = 0] = await i2c.transfer(LTC2942_ADDRESS, Uint8Array.of(register), 2);
    return (high << 8) | low;
  };
  const usedMah = (CHARGE_AT_START - (await read(LTC2942.CHARGE))) * CHARGE_STEP_MAH;
  return { volts: ((await read(LTC2942.VOLTAGE)) / 0xffff) * VOLTAGE_SCALE, usedMah };
}
