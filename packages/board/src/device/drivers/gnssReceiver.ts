import { type Clock, delay } from '@mkiot/core/clock/clock';
import type { GnssFix } from '../../peripherals/gnss/gnssFix.ts';
import type { I2cController } from '../../peripherals/i2c/i2cBus.ts';
import { readNmeaFix } from '../../peripherals/nmea/nmeaFix.ts';
import { parseNmeaSentence } from '../../peripherals/nmea/nmeaSentence.ts';
import { decodeNavPvt } from '../../peripherals/ubx/navPvt.ts';
import { encodeUbx, type GnssOutput, GnssStream, UBX } from '../../peripherals/ubx/ubxFrame.ts';
import { driverError } from './driverErrors.ts';

const ADDRESS = 0x42;
const AVAILABLE = 0xfd;
const STREAM = 0xff;
/** Receivers do not like to be asked more often. */
const POLL_MS = 100;
const POLLS = 12;
const MOST_AT_ONCE = 256;

/** CFG-PRT for the I2C port: UBX in, UBX out. */
const UBX_ONLY: Uint8Array = Uint8Array.of(0, 0, 0, 0, 0x84, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0);
/** RXM-PMREQ: back-up until somebody writes. */
const BACK_UP: Uint8Array = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0x28, 0, 0, 0);

/** The program's side of a u-blox receiver on I2C. It asks for NAV-PVT; where only sentences come, it takes those. */
export class GnssReceiver {
  readonly #i2c: I2cController;
  readonly #clock: Clock;
  readonly #stream = new GnssStream();
  #isConfigured = false;

  constructor(i2c: I2cController, clock: Clock) {
    this.#i2c = i2c;
    this.#clock = clock;
  }

  /** Where the receiver is now. @throws `GNSS_SILENT`, `GNSS_NO_FIX`, and what the I2C bus throws */
  async fix(): Promise<GnssFix> {
    if (!this.#isConfigured) this.#isConfigured = await this.#configure();
    await this.#drain();
    await this.#send(UBX.NAV_PVT, new Uint8Array());
    let parts: Partial<GnssFix> = {};
    for (let poll = 0; poll < POLLS; poll++) {
      for (const output of await this.#drain()) {
        const said = 'ubx' in output ? polled(output) : sentenceOf(output.line);
        parts = { ...parts, ...said };
      }
      if (isWhole(parts)) return parts;
      if (parts.dimensions === 0) throw driverError('GNSS_NO_FIX');
      await delay(this.#clock, POLL_MS);
    }
    // A receiver that was without power has lost its settings.
    this.#isConfigured = false;
    throw driverError('GNSS_SILENT');
  }

  /** Sends the receiver to sleep; the next question wakes it. Throws what the I2C bus throws. */
  async sleep(): Promise<void> {
    await this.#send(UBX.RXM_PMREQ, BACK_UP);
  }

  /** Settings last as long as the back-up supply, so they are sent at every start. */
  async #configure(): Promise<boolean> {
    await this.#drain();
    await this.#send(UBX.CFG_PRT, UBX_ONLY);
    for (let poll = 0; poll < POLLS; poll++) {
      for (const output of await this.#drain()) {
        if ('ubx' in output && output.ubx.type === UBX.ACK_ACK) return true;
        if ('ubx' in output && output.ubx.type === UBX.ACK_NAK) return false;
      }
      await delay(this.#clock, POLL_MS);
    }
    return false;
  }

  async #send(type: number, payload: Uint8Array): Promise<void> {
    await this.#i2c.transfer(ADDRESS, encodeUbx({ type, payload }));
  }

  async #drain(): Promise<readonly GnssOutput[]> {
    const [high = 0, low = 0] = await this.#i2c.transfer(ADDRESS, Uint8Array.of(AVAILABLE), 2);
    const found: GnssOutput[] = [];
    for (let left = (high << 8) | low; left > 0; left -= MOST_AT_ONCE) {
      const bytes = await this.#i2c.transfer(ADDRESS, Uint8Array.of(STREAM), Math.min(left, MOST_AT_ONCE));
      found.push(...this.#stream.push(bytes));
    }
    return found;
  }
}

function polled({ ubx }: Extract<GnssOutput, { ubx: unknown }>): Partial<GnssFix> | undefined {
  return ubx.type === UBX.NAV_PVT ? decodeNavPvt(ubx.payload) : undefined;
}

function sentenceOf(line: string): Partial<GnssFix> | undefined {
  const sentence = parseNmeaSentence(line);
  return sentence === undefined ? undefined : readNmeaFix(sentence);
}

function isWhole(parts: Partial<GnssFix>): parts is GnssFix {
  const { dimensions, timeMs, altitude, latitude, speed } = parts;
  return dimensions !== 0 && ![dimensions, timeMs, altitude, latitude, speed].includes(undefined);
}
