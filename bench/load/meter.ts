import { setTimeout as pause } from 'node:timers/promises';
import { Histogram } from './histogram.ts';
import type { Job, Measurement } from './job.ts';
import { busySecondsOfCore, cpuSecondsOf, residentBytesOf } from './serverProcess.ts';
import { storedEvents } from './storedEvents.ts';

/** What a load does is counted here; the meter says what of it lies in the measured time. */
export class Meter {
  readonly latency = new Histogram();
  /** Messages answered for, or logins. */
  done = 0;
  readonly #job: Job;
  readonly #residentBefore: number;

  constructor(job: Job) {
    this.#job = job;
    this.#residentBefore = sumOf(job.target.pids, residentBytesOf);
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
    const done = this.done - doneBefore;
    return {
      done,
      stored: this.#stored(done, after.stored - before.stored),
      seconds: after.wall - before.wall,
      serverCpuSeconds,
      loadCpuSeconds: after.load - before.load,
      foreignCpuSeconds: Math.max(0, after.core - before.core - serverCpuSeconds),
      latencyMs:
        this.latency.count === 0 ? undefined : { p50: this.latency.quantile(0.5), p99: this.latency.quantile(0.99) },
      residentBytes: { before: this.#residentBefore, after: sumOf(target.pids, residentBytesOf) },
    };
  }

  #clocks() {
    const { user, system } = process.cpuUsage();
    const { pids, core, onDisk } = this.#job.target;
    return {
      wall: performance.now() / 1_000,
      server: sumOf(pids, cpuSecondsOf),
      load: (user + system) / 1_000_000,
      core: busySecondsOfCore(core),
      stored: typeof onDisk === 'object' ? storedEvents(onDisk.database) : 0,
    };
  }

  #stored(done: number, stored: number): number | undefined {
    const { onDisk } = this.#job.target;
    if (typeof onDisk === 'object') return stored;
    return onDisk === 'at its acknowledgement' ? done : undefined;
  }
}

function sumOf(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((sum, pid) => sum + of(pid), 0);
}
