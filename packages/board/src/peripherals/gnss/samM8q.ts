// u-blox SAM-M8Q data sheet UBX-16012619 and 8/M8 Receiver description, on its I2C port (DDC).
import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Clock, Timer } from '@mkiot/core/clock/clock';
import { randomFraction } from '../../device/randomFraction.ts';
import { seededRandom } from '../../faults/seededRandom.ts';
import type { I2cTarget } from '../i2c/i2cBus.ts';
import { type NmeaType, nmeaSentences, type SatelliteInView } from '../nmea/nmeaFix.ts';
import { encodeNavPvt } from '../ubx/navPvt.ts';
import { encodeUbx, GnssStream, UBX, type UbxMessage } from '../ubx/ubxFrame.ts';
import type { GnssFix } from './gnssFix.ts';
import { offset, type Track, wayBetween } from './track.ts';

export interface SamM8qOptions {
  readonly clock: Clock;
  readonly track: Track;
  readonly seed: number;
  /** Its battery-backed memory knows where the satellites are. */
  readonly isWarm: boolean;
  /** Told when the supply current changes, in milliamperes. */
  readonly onCurrent: (milliamperes: number) => void;
}

/** What of the module's life decides how much current it takes (data sheet, table 8, GPS and GLONASS at 3 V). */
const CURRENTS_MA = { off: 0, backup: 0.015, acquiring: 32, tracking: 29 } as const;
/** Time to first fix (data sheet, table 1): cold, and hot while the ephemeris in the battery-backed memory is good. */
const COLD_START_MS = 26_000;
const HOT_START_MS = 1_000;
const EPHEMERIS_MS = 4 * 3_600_000;
const EPOCH_MS = 1_000;
/** What waits to be read; messages that do not fit are lost. */
const OUTPUT_BYTES = 4_096;
const REGISTER = { AVAILABLE: 0xfd, STREAM: 0xff } as const;
const DDC_PORT = 0;
const PROTOCOL = { UBX: 1, NMEA: 2 } as const;
/** Where CFG-PRT says which protocols go out, little-endian. */
const OUT_PROTOCOLS_AT = 14;
const NMEA_CLASS = 0xf0;
/** Ids of NMEA sentences in CFG-MSG. */
const NMEA_IDS: Readonly<Record<NmeaType, number>> = { GGA: 0, GLL: 1, GSA: 2, GSV: 3, RMC: 4, VTG: 5 };
const NMEA_TYPES = Object.keys(NMEA_IDS) as NmeaType[];

/** A GNSS module with its antenna under the sky. It has no flash: settings last as long as its back-up supply. */
export class SamM8q implements I2cTarget {
  readonly address: number = 0x42;
  readonly #options: SamM8qOptions;
  readonly #input = new GnssStream();
  readonly #createdMs: number;
  #output: Uint8Array = new Uint8Array();
  #register: number = REGISTER.STREAM;
  #outProtocols: number = PROTOCOL.UBX | PROTOCOL.NMEA;
  readonly #rates = new Map<number, number>();
  /** When it has a fix; Infinity while it is off or in back-up. */
  #fixAtMs = Infinity;
  #fixTimer: Timer | undefined;
  #hasEphemerisUntilMs = -Infinity;
  #nextEpochMs = Infinity;
  #hasSky = true;

  constructor(options: SamM8qOptions) {
    this.#options = options;
    this.#createdMs = options.clock.monotonic();
    if (options.isWarm) this.#hasEphemerisUntilMs = this.#createdMs + EPHEMERIS_MS;
    this.#setDefaults();
  }

  /** VCC comes or goes. Without back-up supply everything is forgotten. */
  setPower(isOn: boolean, hasBackup: boolean): void {
    if (isOn) {
      this.#start();
      return;
    }
    this.#stop(hasBackup ? 'backup' : 'off');
    if (hasBackup) return;
    this.#hasEphemerisUntilMs = -Infinity;
    this.#setDefaults();
  }

  /** Under a roof there is no fix; it comes back soon after the sky does. */
  set hasSky(hasSky: boolean) {
    this.#catchUp();
    if (hasSky && !this.#hasSky && this.#isRunning) this.#acquire();
    this.#hasSky = hasSky;
  }

  write(bytes: Uint8Array): boolean {
    if (bytes.length === 1) this.#register = bytes[0] ?? REGISTER.STREAM;
    if (bytes.length < 2) return true;
    if (!this.#isRunning) {
      this.#start();
      return true;
    }
    this.#catchUp();
    for (const output of this.#input.push(bytes)) if ('ubx' in output) this.#receive(output.ubx);
    return true;
  }

  read(count: number): Uint8Array {
    this.#catchUp();
    return Uint8Array.from({ length: count }, () => this.#readByte());
  }

  #readByte(): number {
    if (this.#register === REGISTER.STREAM) {
      const [byte = 0xff] = this.#output;
      this.#output = this.#output.subarray(1);
      return byte;
    }
    const register = this.#register;
    this.#register += 1;
    if (register === REGISTER.AVAILABLE) return this.#output.length >>> 8;
    return register === REGISTER.AVAILABLE + 1 ? this.#output.length & 0xff : 0xff;
  }

  get #isRunning(): boolean {
    return this.#nextEpochMs !== Infinity;
  }

  #start(): void {
    if (this.#isRunning) return;
    this.#nextEpochMs = this.#options.clock.monotonic() + EPOCH_MS;
    this.#acquire();
  }

  #acquire(): void {
    const { clock, onCurrent } = this.#options;
    const nowMs = clock.monotonic();
    this.#fixAtMs = nowMs + (nowMs < this.#hasEphemerisUntilMs ? HOT_START_MS : COLD_START_MS);
    onCurrent(CURRENTS_MA.acquiring);
    this.#fixTimer?.cancel();
    this.#fixTimer = clock.setTimer(this.#fixAtMs - nowMs, () => onCurrent(CURRENTS_MA.tracking));
  }

  #stop(state: 'backup' | 'off'): void {
    this.#catchUp();
    if (this.#options.clock.monotonic() >= this.#fixAtMs && this.#hasSky) {
      this.#hasEphemerisUntilMs = this.#options.clock.monotonic() + EPHEMERIS_MS;
    }
    this.#fixTimer?.cancel();
    this.#fixAtMs = Infinity;
    this.#nextEpochMs = Infinity;
    this.#output = new Uint8Array();
    this.#options.onCurrent(CURRENTS_MA[state]);
  }

  #setDefaults(): void {
    this.#outProtocols = PROTOCOL.UBX | PROTOCOL.NMEA;
    this.#rates.clear();
    for (const type of NMEA_TYPES) this.#rates.set((NMEA_CLASS << 8) | NMEA_IDS[type], 1);
  }

  #receive({ type, payload }: UbxMessage): void {
    const isPoll = payload.length === 0;
    if (type === UBX.NAV_PVT && isPoll) this.#send(encodeUbx({ type, payload: encodeNavPvt(this.#fix()) }));
    else if (type === UBX.MON_VER && isPoll) this.#send(encodeUbx({ type, payload: version() }));
    else if (type === UBX.RXM_PMREQ) this.#stop('backup');
    else if (type >>> 8 === 0x06) this.#acknowledge(type, this.#configure(type, payload));
  }

  /** False: it is no setting of this module. */
  #configure(type: number, payload: Uint8Array): boolean {
    switch (type) {
      case UBX.CFG_PRT:
        if (payload.length !== 20) return false;
        if (payload[0] === DDC_PORT) this.#outProtocols = payload[OUT_PROTOCOLS_AT] ?? 0;
        return true;
      case UBX.CFG_MSG: {
        const [class_ = 0, id = 0, rate = 0] = payload;
        const message = (class_ << 8) | id;
        if (payload.length !== 3 || (class_ !== NMEA_CLASS && message !== UBX.NAV_PVT)) return false;
        this.#rates.set(message, rate);
        return true;
      }
      case UBX.CFG_RATE:
        // Faster than once a second is for another module.
        return payload.length === 6 && payload[0] === 0xe8 && payload[1] === 0x03;
      case UBX.CFG_NAV5:
        return payload.length === 36;
      case UBX.CFG_PMS:
        return payload.length === 8;
      case UBX.CFG_CFG:
        return payload.length === 12 || payload.length === 13;
      default:
        return false;
    }
  }

  #acknowledge(type: number, isAccepted: boolean): void {
    const payload = Uint8Array.of(type >>> 8, type & 0xff);
    this.#send(encodeUbx({ type: isAccepted ? UBX.ACK_ACK : UBX.ACK_NAK, payload }));
  }

  /** Writes what was due since it was looked at last. Nobody looks into the module in between. */
  #catchUp(): void {
    const nowMs = this.#options.clock.monotonic();
    while (this.#nextEpochMs <= nowMs && this.#output.length < OUTPUT_BYTES) {
      const fix = this.#fix(this.#nextEpochMs);
      for (const type of NMEA_TYPES) {
        if (!this.#isDue((NMEA_CLASS << 8) | NMEA_IDS[type], PROTOCOL.NMEA)) continue;
        this.#send(utf8Encode(nmeaSentences(type, fix, this.#satellites())));
      }
      if (this.#isDue(UBX.NAV_PVT, PROTOCOL.UBX)) {
        this.#send(encodeUbx({ type: UBX.NAV_PVT, payload: encodeNavPvt(fix) }));
      }
      this.#nextEpochMs += EPOCH_MS;
      if (!this.#hasOutput) break;
    }
    if (this.#nextEpochMs <= nowMs)
      this.#nextEpochMs += Math.ceil((nowMs - this.#nextEpochMs + 1) / EPOCH_MS) * EPOCH_MS;
  }

  get #hasOutput(): boolean {
    const isNmeaOn = NMEA_TYPES.some((type) => this.#isDue((NMEA_CLASS << 8) | NMEA_IDS[type], PROTOCOL.NMEA));
    return isNmeaOn || this.#isDue(UBX.NAV_PVT, PROTOCOL.UBX);
  }

  #isDue(message: number, protocol: number): boolean {
    return (this.#outProtocols & protocol) !== 0 && (this.#rates.get(message) ?? 0) > 0;
  }

  #send(bytes: Uint8Array): void {
    if (this.#output.length + bytes.length <= OUTPUT_BYTES) this.#output = concatBytes(this.#output, bytes);
  }

  /** What it knows at a moment of the monotonic clock. */
  #fix(atMs: number = this.#options.clock.monotonic()): GnssFix {
    const { clock, track, seed } = this.#options;
    const elapsedMs = atMs - this.#createdMs;
    const timeMs = Math.round(clock.now() - (clock.monotonic() - atMs));
    const random = seededRandom(seed + Math.floor(elapsedMs / EPOCH_MS));
    const stray = (): number => (randomFraction(random) - 0.5) * 3;
    const place = track(elapsedMs);
    const { metres, course } = wayBetween(place, track(elapsedMs + EPOCH_MS));
    const hasFix = atMs >= this.#fixAtMs && this.#hasSky;
    return {
      ...offset(place, stray(), stray(), stray()),
      timeMs,
      dimensions: hasFix ? 3 : 0,
      speed: metres / (EPOCH_MS / 1_000),
      course,
      satellites: hasFix ? 9 : 0,
      accuracy: 2.5,
    };
  }

  /** Twelve satellites that stand in the sky, or nothing. */
  #satellites(): readonly SatelliteInView[] {
    if (!this.#hasSky) return [];
    return Array.from({ length: 12 }, (_, index) => ({
      id: 2 + 2 * index,
      elevation: 10 + ((index * 29) % 75),
      azimuth: (index * 67) % 360,
      strength: 28 + ((index * 7) % 18),
    }));
  }
}

/** MON-VER: software, hardware, then extensions of 30 bytes. */
function version(): Uint8Array {
  const payload = new Uint8Array(40 + 30);
  payload.set(utf8Encode('ROM SPG 3.01 (107900)'));
  payload.set(utf8Encode('00080000'), 30);
  payload.set(utf8Encode('PROTVER=18.00'), 40);
  return payload;
}
