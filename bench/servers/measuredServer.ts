import type { BoundProcess } from '../boundProcess.ts';
import { benchError } from '../benchErrors.ts';
import type { Target } from '../load/job.ts';

const START_MS = 60_000;

/** A server in processes of its own. Disposing it ends them. */
export interface RunningServer extends AsyncDisposable {
  readonly target: Target;
}

/** A server that is compared. Each round starts it anew, so that its memory is that of a fresh process. */
export interface MeasuredServer {
  readonly name: string;
  readonly version: string;
  /** What has become of a message when its PUBACK comes, in a few words. */
  readonly acknowledged: string;
  /** @throws `BENCH_SERVER_FAILED` */
  start(): Promise<RunningServer>;
}

/** What every server is installed with. */
export interface ServerOptions {
  /** For its files. Made; it must not be there yet. */
  readonly folder: string;
  /** The core that it is bound to. */
  readonly core: number;
  /** How many devices it shall have. */
  readonly devices: number;
  readonly signal: AbortSignal;
}

/** What `read` makes of the output of a server that starts. @throws `BENCH_SERVER_FAILED` when it ends or hangs before */
export async function startedServer<Value>(
  name: string,
  process: BoundProcess,
  read: (output: string, errors: string) => Value | undefined,
): Promise<Value> {
  const tooLate = setTimeout(() => process.end(), START_MS);
  const value = await process.says(read);
  clearTimeout(tooLate);
  if (value !== undefined) return value;
  const output = process.lastWords;
  throw benchError('BENCH_SERVER_FAILED', { server: name, exit: await process.ended, output });
}
