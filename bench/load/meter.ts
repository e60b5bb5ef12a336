import { setTimeout as pause } from 'node:timers/promises';
import { Histogram } from './histogram.ts';
import type { Job, Measurement } from './job.ts';
import { busySecondsOfCore, cpuSecondsOf, residentBytesOf } from './serverProcess.ts';

/** What a load does is counted here; the meter says what of it lies in the measured time. */
export class Meter {
  readonly latency = new Histogram();
  /** Messages answered for, or logins. */
  done = 0;
  readonly #job: Job;
  readonly #residentBefore: number;

  constructor(job: Job) {
    this.#job = job;
    this.#residentBefore = residentBytesOf(job.target.pid);
  }

  /** Lets the load run: first to warm up, then measured. */
  async measure(): Promise<Measurement> {
    const { target, warmUpSeconds, seconds } = this.#job;
    await pause(warmUpSeconds * 1_000);
    this.latency.clear();
    const doneBefore = this.done;
    const before = this.#clocks();
    await pause(seconds * 1_000);
    const after = this.#clocks();
    const serverCpuSeconds = after.server - before.server;
    return {
      done: this.done - doneBefore,
      seconds: after.wall - before.wall,
      serverCpuSeconds,
      loadCpuSeconds: after.load - before.load,
      foreignCpuSeconds: Math.max(0, after.core - before.core - serverCpuSeconds),
      latencyMs:
        this.latency.count === 0 ? undefined : { p50: this.latency.quantile(0.5), p99: this.latency.quantile(0.99) },
      residentBytes: { before: this.#residentBefore, after: residentBytesOf(target.pid) },
    };
  }

  #clocks() {
    const { user, system } = process.cpuUsage();
    const { pid, core } = this.#job.target;
    return {
      wall: performance.now() / 1_000,
      server: cpuSecondsOf(pid),
      load: (user + system) / 1_000_000,
      core: busySecondsOfCore(core),
    };
  }
}
