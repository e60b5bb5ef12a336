import { type Clock, delay } from '@mkiot/core/clock/clock';
import type { I2cController } from '../../peripherals/i2c/i2cBus.ts';
import { CLIMATE_INPUT, signed } from '../../peripherals/modbus/climateTransmitter.ts';
import { GPIO, UART_CHIP } from '../../peripherals/pinMap.ts';
import { format8n1 } from '../../peripherals/uart/uartFormat.ts';
import { readGasGauge } from '../drivers/gasGauge.ts';
import { GnssReceiver } from '../drivers/gnssReceiver.ts';
import { ModbusClient } from '../drivers/modbusClient.ts';
import { type InputPin, Sc16is752Driver } from '../drivers/sc16is752Driver.ts';
import type { Sensor } from './sensors.ts';
import { type Measured, SharedMeasurement } from './sharedMeasurement.ts';

/** The pins of the ESP32 that lead to the daughterboard, and its own radio. */
export interface DaughterboardPins {
  readonly clock: Clock;
  readonly i2c: I2cController;
  /** IRQ# of the dual UART. */
  readonly uartIrq: InputPin;
  /** Signal strength of the access point in dBm; NaN without one. */
  readonly rssi: () => number;
}

const CLIMATE_SERVER = 1;
/** From 12 V on to the first answer of the sensor, with a margin. */
const WARM_UP_MS = 1_000;

/** What the reference device reads on the daughterboard: climate over RS-485, battery, radio, and where it is. */
export function daughterboardSensors(pins: DaughterboardPins): readonly Sensor[] {
  const climate = new ClimateOverRs485(pins);
  const receiver = new GnssReceiver(pins.i2c, pins.clock);
  return [
    ...sensorsOf(() => climate.measure(), { temperature: 'Cel', humidity: '%' }),
    ...sensorsOf(
      async () => {
        const { volts, usedMah } = await readGasGauge(pins.i2c);
        return { battery: volts, used: usedMah };
      },
      { battery: 'V', used: 'mA.h' },
    ),
    { name: 'rssi', unit: 'dB[mW]', read: pins.rssi },
    ...sensorsOf(
      async () => {
        const { latitude, longitude, altitude, speed, accuracy } = await receiver.fix();
        return { latitude, longitude, altitude, speed, accuracy };
      },
      { latitude: 'deg', longitude: 'deg', altitude: 'm', speed: 'm/s', accuracy: 'm' },
    ).map((sensor) => ({ ...sensor, subfolder: 'position' as const })),
  ];
}

function sensorsOf(measure: () => Promise<Measured>, units: Readonly<Record<string, string>>): readonly Sensor[] {
  const shared = new SharedMeasurement(measure);
  return Object.entries(units).map(([name, unit]) => ({ name, unit, read: () => shared.read(name) }));
}

/** The sensor has 12 V only while it is asked: what it takes decides how long the battery lasts. */
class ClimateOverRs485 {
  readonly #pins: DaughterboardPins;
  #opened: { readonly driver: Sc16is752Driver; readonly client: ModbusClient } | undefined;

  constructor(pins: DaughterboardPins) {
    this.#pins = pins;
  }

  /** Throws what the drivers throw; the chip is set up anew after that. */
  async measure(): Promise<Measured> {
    this.#opened ??= await this.#open();
    const { driver, client } = this.#opened;
    try {
      return await this.#ask(driver, client);
    } catch (error) {
      driver.close();
      this.#opened = undefined;
      throw error;
    }
  }

  async #ask(driver: Sc16is752Driver, client: ModbusClient): Promise<Measured> {
    await driver.setGpio(GPIO.TWELVE_VOLTS, true);
    try {
      await delay(this.#pins.clock, WARM_UP_MS);
      const [temperature = 0, humidity = 0] = await client.read(CLIMATE_SERVER, 4, CLIMATE_INPUT.TEMPERATURE, 2);
      return { temperature: signed(temperature) / 10, humidity: humidity / 10 };
    } finally {
      await driver.setGpio(GPIO.TWELVE_VOLTS, false);
    }
  }

  async #open(): Promise<{ readonly driver: Sc16is752Driver; readonly client: ModbusClient }> {
    const { clock, i2c, uartIrq } = this.#pins;
    const driver = await Sc16is752Driver.open({ i2c, ...UART_CHIP, irq: uartIrq, clock });
    const port = await driver.channel('A', format8n1(9_600), true);
    return { driver, client: new ModbusClient(port, clock) };
  }
}
