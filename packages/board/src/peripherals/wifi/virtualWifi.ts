import { type Clock, delay, type Timer } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { ByteStream, OpenStream } from '../../device/connection/byteStream.ts';
import { randomFraction } from '../../device/randomFraction.ts';
import { peripheralError } from '../peripheralErrors.ts';
import { CURRENTS_MA } from '../power/currents.ts';
import type { Load } from '../power/energyMeter.ts';
import type { WifiFault } from './wifiFaults.ts';

export interface VirtualWifiOptions {
  readonly clock: Clock;
  readonly random: RandomFill;
  readonly load: Load;
  /** In the order of their times; nothing fails where there are none. */
  readonly faults: Iterable<WifiFault>;
}

/** Scan of one channel, authentication, association and the four-way handshake. */
const ASSOCIATION_MS = 300;
/** DISCOVER to ACK. */
const DHCP_MS = 200;
/** How long a program asks before it gives up. */
const ASKS_FOR_MS = 3_000;
const RSSI_DBM = -62;
const FADING_DB = 8;

/** A station on one access point. It joins when it is needed, and its connections end where the access point is gone. */
export class VirtualWifi {
  readonly #options: VirtualWifiOptions;
  readonly #startedMs: number;
  readonly #faults: Iterator<WifiFault>;
  #fault: WifiFault | undefined;
  #link = new AbortController();
  #isJoined = false;
  #lossTimer: Timer | undefined;

  constructor(options: VirtualWifiOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonic();
    this.#faults = options.faults[Symbol.iterator]();
    this.#fault = this.#nextFault();
  }

  /** Signal strength in dBm; NaN while there is no access point. */
  get rssi(): number {
    if (this.#failing === 'noAccessPoint') return Number.NaN;
    return Math.round(RSSI_DBM + (randomFraction(this.#options.random) - 0.5) * FADING_DB);
  }

  /** Connections that go over this radio. They reject with `WIFI_NO_ACCESS_POINT`, `WIFI_NO_ADDRESS` or `WIFI_LOST`. */
  over(openStream: OpenStream): OpenStream {
    return async (signal) => {
      const link = await this.#join(signal);
      return overLink(await openStream(AbortSignal.any([signal, link])), link);
    };
  }

  /** It waits for no fault any more. */
  powerOff(): void {
    this.#lossTimer?.cancel();
  }

  /** Resolves with a signal that is aborted when the link is lost. */
  async #join(signal: AbortSignal): Promise<AbortSignal> {
    if (this.#isJoined && this.#failing !== 'noAccessPoint') return this.#link.signal;
    const { load } = this.#options;
    load.set(CURRENTS_MA.wifiReceive);
    try {
      await this.#ask('noAccessPoint', ASSOCIATION_MS, signal);
      await this.#ask('noAddress', DHCP_MS, signal);
    } catch (error) {
      load.set(CURRENTS_MA.processor);
      throw error;
    }
    if (!this.#isJoined) this.#associated();
    return this.#link.signal;
  }

  /** Whoever has asked for the link: it lasts until the next fault, over any number of connections. */
  #associated(): void {
    const { clock, load } = this.#options;
    this.#link = new AbortController();
    this.#isJoined = true;
    load.set(CURRENTS_MA.wifiConnected);
    if (this.#fault === undefined) return;
    const lostInMs = this.#startedMs + this.#fault.fromMs - clock.monotonic();
    this.#lossTimer = clock.setTimer(Math.max(0, lostInMs), () => this.#lose());
  }

  async #ask(fault: WifiFault['kind'], takesMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const fails = this.#failing === fault || this.#failing === 'noAccessPoint';
    await delay(clock, fails ? ASKS_FOR_MS : takesMs, signal);
    if (!fails) return;
    throw peripheralError(fault === 'noAddress' ? 'WIFI_NO_ADDRESS' : 'WIFI_NO_ACCESS_POINT', {
      waitedMs: ASKS_FOR_MS,
    });
  }

  #lose(): void {
    this.#isJoined = false;
    this.#options.load.set(CURRENTS_MA.processor);
    this.#link.abort(peripheralError('WIFI_LOST'));
  }

  /** What fails now. */
  get #failing(): WifiFault['kind'] | undefined {
    const nowMs = this.#options.clock.monotonic() - this.#startedMs;
    while (this.#fault !== undefined && this.#fault.untilMs <= nowMs) this.#fault = this.#nextFault();
    return this.#fault !== undefined && this.#fault.fromMs <= nowMs ? this.#fault.kind : undefined;
  }

  #nextFault(): WifiFault | undefined {
    const next = this.#faults.next();
    return next.done === true ? undefined : next.value;
  }
}

/** A connection that breaks when its link does. */
function overLink(stream: ByteStream, link: AbortSignal): ByteStream {
  const onLost = (): void => stream.close();
  link.addEventListener('abort', onLost, { once: true });
  return {
    chunks: chunksWhile(stream, link),
    write: (bytes) => (link.aborted ? Promise.resolve() : stream.write(bytes)),
    binding: stream.binding,
    close: () => {
      // A link outlives its connections, and holds none of them.
      link.removeEventListener('abort', onLost);
      stream.close();
    },
  };
}

async function* chunksWhile(stream: ByteStream, link: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream.chunks) {
      link.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    throw link.aborted ? link.reason : error;
  }
  link.throwIfAborted();
}
