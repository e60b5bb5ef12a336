import type { Load, Measurement } from '../load/job.ts';

/** How a figure is read from a measurement; NaN where a server has none. */
export interface Figure {
  readonly unit: string;
  readonly decimals: number;
  readonly of: (measurement: Measurement) => number;
}

/** One way to use a bridge. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  readonly load: Load;
  readonly figures: readonly FigureName[];
  /** Warm-up and measured time of a whole run, and of a quick one. */
  readonly seconds: Readonly<Record<'whole' | 'quick', { readonly warmUp: number; readonly measured: number }>>;
}

/** As many devices as the case with the most connections wants. */
export const DEVICES = 2_000;

const PAYLOAD_BYTES = 200;

const perCpuSecond = ({ done, serverCpuSeconds }: Measurement): number => done / serverCpuSeconds;

export const FIGURES = {
  messages: {
    unit: 'thousand messages per CPU-second',
    decimals: 1,
    of: (measurement) => perCpuSecond(measurement) / 1_000,
  },
  stored: {
    unit: 'thousand of them to disk per CPU-second',
    decimals: 1,
    of: ({ stored = Number.NaN, serverCpuSeconds }) => stored / serverCpuSeconds / 1_000,
  },
  logins: { unit: 'logins per CPU-second', decimals: 0, of: perCpuSecond },
  memory: {
    unit: 'KiB of memory a connection',
    decimals: 1,
    of: ({ residentBytes: { before, after } }) => (after - before) / 1_024 / DEVICES,
  },
  p50: { unit: 'ms, p50', decimals: 2, of: ({ latencyMs }) => latencyMs?.p50 ?? Number.NaN },
  p99: { unit: 'ms, p99', decimals: 2, of: ({ latencyMs }) => latencyMs?.p99 ?? Number.NaN },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof FIGURES;

/** In the order of a round. The idle connections come first: they want a server that has done nothing yet. */
export const CASES: readonly BenchCase[] = [
  {
    name: 'idle',
    title: `${DEVICES} idle connections`,
    load: { kind: 'idle', connections: DEVICES },
    figures: ['memory'],
    seconds: { whole: { warmUp: 1, measured: 1 }, quick: { warmUp: 0.5, measured: 0.5 } },
  },
  {
    name: 'connect',
    title: 'connects with login, 64 at a time',
    load: { kind: 'connect', concurrency: 64 },
    figures: ['logins'],
    // The compiler of MkIoT's Node goes on for some seconds.
    seconds: { whole: { warmUp: 6, measured: 5 }, quick: { warmUp: 3, measured: 3 } },
  },
  {
    name: 'w1',
    title: 'QoS 1, 1000 connections, 1 in flight',
    load: { kind: 'publish', connections: 1_000, window: 1, qos: 1, payloadBytes: PAYLOAD_BYTES },
    figures: ['messages', 'stored'],
    seconds: { whole: { warmUp: 1.5, measured: 5 }, quick: { warmUp: 1, measured: 3 } },
  },
  {
    name: 'w10',
    title: 'QoS 1, 100 connections, 10 in flight',
    load: { kind: 'publish', connections: 100, window: 10, qos: 1, payloadBytes: PAYLOAD_BYTES },
    figures: ['messages', 'stored'],
    seconds: { whole: { warmUp: 1.5, measured: 5 }, quick: { warmUp: 1, measured: 3 } },
  },
  {
    name: 'qos0',
    title: 'QoS 0, 100 connections',
    load: { kind: 'publish', connections: 100, window: 4, qos: 0, payloadBytes: PAYLOAD_BYTES },
    figures: ['messages'],
    seconds: { whole: { warmUp: 1, measured: 4 }, quick: { warmUp: 0.5, measured: 2 } },
  },
  {
    name: 'light',
    title: 'acknowledgement at light load, 10 connections, 20 messages a second in all',
    load: { kind: 'paced', connections: 10, messagesPerSecond: 20, payloadBytes: PAYLOAD_BYTES },
    figures: ['p50', 'p99'],
    seconds: { whole: { warmUp: 1, measured: 20 }, quick: { warmUp: 0.5, measured: 8 } },
  },
];

/** The cases in which peers are measured too, unless others are asked for. */
export const PEER_CASES: readonly string[] = ['idle', 'connect', 'w1', 'w10'];

/** For the compilers of more threads, each of which has only its share of the load to learn from. */
const WORKERS_WARM_UP_SECONDS = 10;

/** The cases in which MkIoT is compared with itself, with another number of workers. */
export const WORKER_CASES: readonly BenchCase[] = CASES.map((benchCase) => ({
  ...benchCase,
  seconds: {
    whole: { ...benchCase.seconds.whole, warmUp: WORKERS_WARM_UP_SECONDS },
    quick: { ...benchCase.seconds.quick, warmUp: WORKERS_WARM_UP_SECONDS },
  },
}));
