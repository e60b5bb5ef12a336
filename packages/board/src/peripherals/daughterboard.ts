import type { Clock } from '@mkiot/core/clock/clock';
import { BitErrors } from '../faults/bitErrors.ts';
import { seededRandom } from '../faults/seededRandom.ts';
import { simulatedSensors } from '../device/sensing/simulatedSensors.ts';
import { roundTrip, type Track } from './gnss/track.ts';
import { SamM8q } from './gnss/samM8q.ts';
import { I2cBus } from './i2c/i2cBus.ts';
import { ClimateTransmitter } from './modbus/climateTransmitter.ts';
import { ModbusServer } from './modbus/modbusServer.ts';
import { Net } from './net.ts';
import { GPIO, UART_CHIP } from './pinMap.ts';
import { Battery, type BatterySettings } from './power/battery.ts';
import { CURRENTS_MA } from './power/currents.ts';
import { EnergyMeter } from './power/energyMeter.ts';
import { Ltc2942 } from './power/ltc2942.ts';
import { Rs485Line, Rs485Transceiver } from './rs485/rs485Line.ts';
import { Sc16is752 } from './sc16is752/sc16is752.ts';
import type { UartPeer } from './uart/uartLine.ts';
import { VirtualWifi } from './wifi/virtualWifi.ts';
import { wifiFaults, type WifiFaultTimes } from './wifi/wifiFaults.ts';

/** What of a daughterboard may be chosen. */
export interface DaughterboardDescription {
  /** Of what it measures, where it is, and of everything that fails. The same seed is the same board. */
  readonly seed: number;
  /** Default: a walk whose place depends on the seed. */
  readonly track?: Track | undefined;
  readonly battery: BatterySettings;
  /** The share of bits that flip on the RS-485 line. */
  readonly lineBitErrorRate: number;
  /** Without it the radio never fails. */
  readonly wifiFaults?: WifiFaultTimes | undefined;
  /** The GNSS module knows where the satellites are from the last time: it need not search half a minute. */
  readonly isGnssWarm: boolean;
}

/** A board on a desk: on a charger, without faults. */
export const DAUGHTERBOARD: Omit<DaughterboardDescription, 'seed'> = {
  battery: { capacityMah: 2_000, charged: 0.9, chargingMa: 300 },
  lineBitErrorRate: 0,
  isGnssWarm: true,
};

/** The sensor on the 12 V rail does not answer before. */
const SENSOR_STARTS_MS = 500;

/** The board beside the ESP32, with what is tied to it: dual UART, RS-485 sensor, GNSS, modem socket, battery, buttons, radio. */
export class Daughterboard {
  readonly i2c: I2cBus;
  readonly uartChip: Sc16is752;
  readonly rs485: Rs485Line = new Rs485Line();
  readonly climateServer: ModbusServer;
  readonly gnss: SamM8q;
  readonly wifi: VirtualWifi;
  readonly meter: EnergyMeter;
  readonly battery: Battery;
  /** Buttons A, B and C: pressed is low. */
  readonly buttons: readonly Net[] = [new Net(true), new Net(true), new Net(true)];
  /** RST_N of the modem: it has a resistor, and channel B is its line. */
  readonly modemReset: Net = new Net(true);
  readonly #clock: Clock;
  readonly #twelveVolts = new Net(false);

  constructor(clock: Clock, description: DaughterboardDescription) {
    const { seed } = description;
    this.#clock = clock;
    this.meter = new EnergyMeter(clock);
    this.battery = new Battery(clock, this.meter, description.battery);
    const lineNoise = new BitErrors(description.lineBitErrorRate, seededRandom(seed + 1));
    this.i2c = new I2cBus(clock, 400_000);
    const gpios = Array.from({ length: 8 }, () => new Net(false));
    gpios[GPIO.MODEM_RESET] = this.modemReset;
    gpios[GPIO.TWELVE_VOLTS] = this.#twelveVolts;
    this.uartChip = new Sc16is752({ clock, ...UART_CHIP, gpios, noise: { a: lineNoise } });
    this.i2c.attach(this.uartChip);
    this.i2c.attach(new Ltc2942(this.meter, this.battery));
    const { a } = this.uartChip;
    // An inverter between RTSA# and DE: at reset the board listens.
    a.line = new Rs485Transceiver(this.rs485, { isDriving: () => !a.rts.isHigh, output: a });
    this.climateServer = this.#climateServer(seed, lineNoise);
    this.gnss = this.#gnssModule(description);
    const random = seededRandom(seed + 3);
    const faults = description.wifiFaults === undefined ? [] : wifiFaults(random, description.wifiFaults);
    this.wifi = new VirtualWifi({ clock, random, load: this.meter.load('processor and radio'), faults });
    this.meter.load('processor and radio').set(CURRENTS_MA.processor);
    this.meter.load('serial parts').set(CURRENTS_MA.serialParts);
  }

  /** Puts a modem into the socket: its line is channel B of the dual UART. Undefined takes it out. */
  setModem(modem: UartPeer | undefined): void {
    this.uartChip.b.line = modem;
  }

  /** Takes the power away: no part waits for anything any more. */
  powerOff(): void {
    this.gnss.setPower(false, false);
    this.climateServer.isRunning = false;
    this.uartChip.reset();
    this.wifi.powerOff();
  }

  #climateServer(seed: number, noise: BitErrors): ModbusServer {
    const read = (name: string) => (): number =>
      Number(
        simulatedSensors(seed)
          .find((sensor) => sensor.name === name)
          ?.read(this.#clock.now()),
      );
    const transmitter = new ClimateTransmitter({ temperature: read('temperature'), humidity: read('humidity') });
    const server = new ModbusServer(this.#clock, this.rs485, transmitter, noise);
    const load = this.meter.load('12 V rail');
    this.#twelveVolts.onChange((isOn) => {
      load.set(isOn ? CURRENTS_MA.sensorAt12V : 0);
      server.isRunning = false;
      if (!isOn) return;
      this.#clock.setTimer(SENSOR_STARTS_MS, () => {
        if (!this.#twelveVolts.isHigh) return;
        transmitter.start();
        server.isRunning = true;
      });
    });
    return server;
  }

  #gnssModule({ seed, track, isGnssWarm }: DaughterboardDescription): SamM8q {
    const load = this.meter.load('GNSS');
    const gnss = new SamM8q({
      clock: this.#clock,
      track: track ?? roundTrip(seed),
      seed,
      isWarm: isGnssWarm,
      onCurrent: (milliamperes) => load.set(milliamperes),
    });
    this.i2c.attach(gnss);
    gnss.setPower(true, true);
    return gnss;
  }
}
