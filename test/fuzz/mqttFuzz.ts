import { Worker } from 'node:worker_threads';
import { formatMqttCase, mqttCase } from './mqttCase.ts';
import { readMqttCorpus } from './mqttCorpus.ts';

export interface FuzzOptions {
  /** Of the cases: a seed and a number make a case. */
  readonly seed: number;
  readonly milliseconds: number;
  /** Told once a minute how it goes, and at the end. */
  readonly report: (counts: FuzzCounts) => void;
  /** A case that was saved, to be run alone. */
  readonly saved?: string;
}

/** What the thread is given. `progress`: where it writes the number of the case that it is at. */
export type FuzzOrder = Omit<FuzzOptions, 'report'> & { readonly progress: Int32Array };

export interface FuzzCounts {
  readonly seed: number;
  readonly seconds: number;
  readonly cases: number;
  /** What the parser has taken, by type. */
  readonly packets: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly logins: number;
  readonly messages: number;
  /** Ended connections by the code of their reason. */
  readonly closed: Readonly<Record<string, number>>;
  readonly openConnections: number;
  /** Processor time of the slowest case. */
  readonly slowestMs: number;
  /** First and last. */
  readonly heapMebibytes: readonly number[];
}

export interface FuzzFinding {
  readonly what: string;
  /** The input at which it happened, to be saved and run again. */
  readonly input: string;
}

/** A case of a few packets takes milliseconds. */
const HANG_MS = 60_000;
const WATCH_MS = 5_000;

/** Runs cases until the time is over or one fails: crash, hang, growth, harm to others. */
export async function fuzzMqtt({ report, ...order }: FuzzOptions): Promise<FuzzFinding | undefined> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('mqttFuzzWorker.ts', import.meta.url), {
    workerData: { ...order, progress } satisfies FuzzOrder,
  });
  worker.on('message', report);
  const watch = watchProgress(progress);
  try {
    const what = await Promise.race([watch.hang, endOf(worker)]);
    return what === undefined ? undefined : { what, input: inputAt(order, Atomics.load(progress, 0)) };
  } finally {
    watch.stop();
    await worker.terminate();
  }
}

/** Resolves to what is wrong, or to nothing when the time is over. */
function endOf(worker: Worker): Promise<string | undefined> {
  return new Promise((resolve) => {
    worker.on('error', (error: unknown) =>
      resolve(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
    worker.on('exit', (code) => resolve(code === 0 ? undefined : `the thread ended with ${code}`));
  });
}

function watchProgress(progress: Int32Array): { readonly hang: Promise<string>; stop(): void } {
  const { promise: hang, resolve } = Promise.withResolvers<string>();
  let last = -1;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const now = Atomics.load(progress, 0);
    if (now !== last) lastMs = performance.now();
    else if (performance.now() - lastMs > HANG_MS) resolve('it hangs');
    last = now;
  }, WATCH_MS);
  return { hang, stop: () => clearInterval(timer) };
}

function inputAt({ seed, saved }: Omit<FuzzOptions, 'report'>, index: number): string {
  return saved ?? formatMqttCase(mqttCase(readMqttCorpus(), seed, index));
}
