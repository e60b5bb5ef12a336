import type { Load, Measurement } from '../load/job.ts';

/** How a figure is read from a measurement, and what is wanted of it. */
export interface Figure {
  readonly unit: string;
  readonly decimals: number;
  readonly of: (measurement: Measurement) => number;
  readonly wanted?: { readonly ratioAtLeast: number } | { readonly atMost: number };
}

/** One way to use a bridge. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  readonly load: Load;
  readonly figures: readonly Figure[];
  /** Warm-up and measured time of a whole run, and of a quick one. */
  readonly seconds: Readonly<Record<'whole' | 'quick', { readonly warmUp: number; readonly measured: number }>>;
}

/** As many devices as the case with the most connections wants. */
export const DEVICES = 2_000;

const PAYLOAD_BYTES = 200;

const perCpuSecond = ({ done, serverCpuSeconds }: Measurement): number => done / serverCpuSeconds;

function messages(wanted?: Figure['wanted']): Figure {
  const unit = 'thousand messages per CPU-second';
  const of = (measurement: Measurement): number => perCpuSecond(measurement) / 1_000;
  return { unit, decimals: 1, of, ...(wanted && { wanted }) };
}

function latency(quantile: 'p50' | 'p99', atMost: number): Figure {
  const of = ({ latencyMs }: Measurement): number => latencyMs?.[quantile] ?? Number.NaN;
  return { unit: `ms, ${quantile}`, decimals: 2, of, wanted: { atMost } };
}

/** In the order of a round. The idle connections come first: they want a server that has done nothing yet. */
export const CASES: readonly BenchCase[] = [
  {
    name: 'idle',
    title: `${DEVICES} idle connections`,
    load: { kind: 'idle', connections: DEVICES },
    figures: [
      {
        unit: 'KiB of memory a connection',
        decimals: 1,
        of: ({ residentBytes: { before, after } }) => (after - before) / 1024 / DEVICES,
      },
    ],
    seconds: { whole: { warmUp: 1, measured: 1 }, quick: { warmUp: 0.5, measured: 0.5 } },
  },
  {
    name: 'connect',
    title: 'connects with login, 64 at a time',
    load: { kind: 'connect', concurrency: 64 },
    figures: [{ unit: 'logins per CPU-second', decimals: 0, of: perCpuSecond, wanted: { ratioAtLeast: 0.75 } }],
    // The compiler of MkIoT's Node goes on for some seconds.
    seconds: { whole: { warmUp: 6, measured: 5 }, quick: { warmUp: 3, measured: 3 } },
  },
  {
    name: 'w1',
    title: 'QoS 1, 1000 connections, 1 in flight',
    load: { kind: 'publish', connections: 1_000, window: 1, qos: 1, payloadBytes: PAYLOAD_BYTES },
    figures: [messages({ ratioAtLeast: 0.4 })],
    seconds: { whole: { warmUp: 1.5, measured: 5 }, quick: { warmUp: 1, measured: 3 } },
  },
  {
    name: 'w10',
    title: 'QoS 1, 100 connections, 10 in flight',
    load: { kind: 'publish', connections: 100, window: 10, qos: 1, payloadBytes: PAYLOAD_BYTES },
    figures: [messages({ ratioAtLeast: 1 })],
    seconds: { whole: { warmUp: 1.5, measured: 5 }, quick: { warmUp: 1, measured: 3 } },
  },
  {
    name: 'qos0',
    title: 'QoS 0, 100 connections',
    load: { kind: 'publish', connections: 100, window: 4, qos: 0, payloadBytes: PAYLOAD_BYTES },
    figures: [messages()],
    seconds: { whole: { warmUp: 1, measured: 4 }, quick: { warmUp: 0.5, measured: 2 } },
  },
  {
    name: 'light',
    title: 'acknowledgement at light load, 10 connections, 20 messages a second in all',
    load: { kind: 'paced', connections: 10, messagesPerSecond: 20, payloadBytes: PAYLOAD_BYTES },
    figures: [latency('p50', 1.5), latency('p99', 6)],
    seconds: { whole: { warmUp: 1, measured: 20 }, quick: { warmUp: 0.5, measured: 8 } },
  },
];
