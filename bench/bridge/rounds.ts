import { fileURLToPath } from 'node:url';
import { benchError } from '../benchErrors.ts';
import { BoundProcess } from '../boundProcess.ts';
import type { Job, Measurement } from '../load/job.ts';
import type { MeasuredServer } from '../servers/measuredServer.ts';
import { type BenchCase, FIGURES } from './cases.ts';
import { becomeQuiet } from './quiet.ts';

const loadProgram = fileURLToPath(new URL('../load/load.ts', import.meta.url));

export interface RoundsPlan {
  readonly servers: readonly MeasuredServer[];
  readonly cases: readonly BenchCase[];
  readonly length: 'whole' | 'quick';
  readonly rounds: number;
  readonly loadCore: number;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** The measurements of one case in one round, by server. */
export type CaseRound = ReadonlyMap<string, Measurement>;

/** The rounds of each case, by its name. */
export type Rounds = ReadonlyMap<string, readonly CaseRound[]>;

/**
 * Measures every case in every round, the servers one after the other, so that what the machine does meanwhile meets
 * them all. All of them run all the time of a round; who is not measured has nothing to do: a server that still stores
 * what it has acknowledged is waited for.
 *
 * @throws `BENCH_SERVER_FAILED`, `BENCH_LOAD_FAILED`
 */
export async function measureRounds(plan: RoundsPlan): Promise<Rounds> {
  const rounds = new Map(plan.cases.map(({ name }) => [name, [] as CaseRound[]]));
  for (let round = 1; round <= plan.rounds; round++) {
    plan.progress(`round ${round} of ${plan.rounds}`);
    await using started = new AsyncDisposableStack();
    const running = [];
    for (const server of plan.servers) {
      plan.progress(`  starting ${server.name}`);
      running.push(started.use(await server.start()));
    }
    const pids = running.flatMap(({ target }) => target.pids);
    for (const benchCase of plan.cases) {
      const measurements = new Map<string, Measurement>();
      for (const { target } of running) {
        await becomeQuiet(pids, plan.signal);
        const { warmUp: warmUpSeconds, measured: seconds } = benchCase.seconds[plan.length];
        const measurement = await putLoad(
          { target, load: benchCase.load, warmUpSeconds, seconds },
          benchCase.name,
          plan,
        );
        measurements.set(target.name, measurement);
        plan.progress(`  ${target.name}, ${benchCase.title}: ${figureTexts(benchCase, measurement)}`);
      }
      rounds.get(benchCase.name)?.push(measurements);
    }
  }
  return rounds;
}

async function putLoad(job: Job, load: string, { loadCore, signal }: RoundsPlan): Promise<Measurement> {
  const command = [process.execPath, loadProgram];
  await using loading = new BoundProcess(loadCore, command, signal, JSON.stringify(job));
  const exit = await loading.ended;
  if (exit === 'exit code 0') return JSON.parse(loading.output) as Measurement;
  throw benchError('BENCH_LOAD_FAILED', { load, server: job.target.name, exit, output: loading.lastWords });
}

function figureTexts({ figures }: BenchCase, measurement: Measurement): string {
  return figures
    .map((name) => FIGURES[name])
    .filter(({ of }) => !Number.isNaN(of(measurement)))
    .map(({ of, decimals, unit }) => `${of(measurement).toFixed(decimals)} ${unit}`)
    .join(', ');
}
