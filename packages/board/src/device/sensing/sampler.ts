import { type Clock, delay } from '@mkiot/core/clock/clock';
import type { DeviceConfig } from '../control/deviceConfig.ts';
import { type ChainState, stepChain } from '../preprocessing/chain.ts';
import type { Reading } from '../preprocessing/reading.ts';
import type { Sensor } from './sensors.ts';

/** What came out of the preprocessing of one round, by sensor. */
export type Readings = Readonly<Record<string, Reading>>;

export interface SamplerOptions {
  readonly clock: Clock;
  readonly sensors: readonly Sensor[];
  /** At least one reading is to be sent. The next round waits for the promise. */
  readonly onReadings: (readings: Readings) => Promise<void>;
  /** A sensor has begun to fail, or works again. */
  readonly onSensorHealth: (sensor: string, healthy: boolean) => void;
}

/** Reads the sensors at an interval and sends each reading through the preprocessing of its sensor. */
export class Sampler {
  readonly #options: SamplerOptions;
  #config: DeviceConfig;
  #intervalMs: number;
  readonly #chainStates = new Map<string, ChainState>();
  readonly #failed = new Set<string>();
  #intervalChanged = new AbortController();

  constructor(options: SamplerOptions, config: DeviceConfig) {
    this.#options = options;
    this.#config = config;
    this.#intervalMs = config.intervalMs;
  }

  /** A sensor whose preprocessing stays the same keeps what it has gathered. */
  configure(config: DeviceConfig): void {
    for (const { name } of this.#options.sensors) {
      const [before, after] = [this.#config.sensors[name], config.sensors[name]];
      if (JSON.stringify(before) !== JSON.stringify(after)) this.#chainStates.delete(name);
    }
    this.#config = config;
    this.setInterval(config.intervalMs);
  }

  /** The next round comes this long after the last one, whatever the config says, until it says something new. */
  setInterval(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#intervalChanged.abort();
    this.#intervalChanged = new AbortController();
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** Whether the last measurement of a sensor succeeded; true before the first. */
  works(sensor: string): boolean {
    return !this.#failed.has(sensor);
  }

  /** Samples until `signal` is aborted, the first time at once. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let lastMs = clock.monotonic() - this.#intervalMs;
    while (!signal.aborted) {
      const lateMs = clock.monotonic() - (lastMs + this.#intervalMs);
      if (lateMs < 0) {
        await delay(clock, -lateMs, AbortSignal.any([signal, this.#intervalChanged.signal]));
      } else {
        // Rounds that a slow sensor or disk has made impossible are left out, and the rest keep their beat.
        lastMs = clock.monotonic() - (lateMs % this.#intervalMs);
        await this.#sample(signal);
      }
    }
  }

  async #sample(signal: AbortSignal): Promise<void> {
    const readings: Record<string, Reading> = {};
    for (const sensor of this.#options.sensors) {
      if (this.#config.sensors[sensor.name]?.enabled !== true) continue;
      const value = await this.#read(sensor, signal);
      // A slow sensor holds nobody up, and after the end nothing is sent.
      if (signal.aborted) return;
      this.#noteHealth(sensor.name, value !== undefined);
      if (value === undefined) continue;
      const reading = { atMs: this.#options.clock.monotonic(), value };
      const states = this.#chainStates.get(sensor.name) ?? [];
      // Asked for again, because the config may have changed while the sensor was being read.
      const { state, output } = stepChain(this.#config.sensors[sensor.name]?.preprocessing ?? [], states, reading);
      this.#chainStates.set(sensor.name, state);
      if (output !== undefined) readings[sensor.name] = output;
    }
    if (Object.keys(readings).length > 0) await this.#options.onReadings(readings);
  }

  async #read(sensor: Sensor, signal: AbortSignal): Promise<number | undefined> {
    try {
      const value = await unlessAborted(sensor.read(this.#options.clock.now()), signal);
      return value !== undefined && Number.isFinite(value) ? value : undefined;
    } catch {
      // A sensor that is unplugged is a normal event; what its driver says about it is no business of the cloud.
      return undefined;
    }
  }

  #noteHealth(sensor: string, healthy: boolean): void {
    if (healthy !== this.#failed.has(sensor)) return;
    if (healthy) this.#failed.delete(sensor);
    else this.#failed.add(sensor);
    this.#options.onSensorHealth(sensor, healthy);
  }
}

/** Undefined as soon as `signal` is aborted. */
function unlessAborted(reading: number | Promise<number>, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    void Promise.resolve(reading)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
