import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitOfCheckout, describeMachine, requirePrograms, twoCores } from '../machine.ts';
import { installMkiot, NODE, type Runtime } from '../servers/mkiot.ts';
import { installMosquitto, MOSQUITTO_PROGRAMS } from '../servers/mosquitto.ts';
import { CASES, DEVICES } from './cases.ts';
import { type BridgeReport, reportJson, reportLines } from './report.ts';
import { measureRounds } from './rounds.ts';

const results = fileURLToPath(new URL('../results/', import.meta.url));
/** In the checkout, for a folder for temporary files is often in memory. */
const scratch = fileURLToPath(new URL('../../.cache/bench/', import.meta.url));

const ROUNDS = { whole: 3, quick: 1 } as const;

export interface BridgeBenchOptions {
  readonly length: 'whole' | 'quick';
  /** Names of cases; undefined: all. */
  readonly cases: readonly string[] | undefined;
  readonly nodeFlags: readonly string[];
  /** What MkIoT runs on. */
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly progress: (line: string) => void;
}

/**
 * Measures MkIoT beside mosquitto, prints the report, and keeps it when it is of a whole run of the product as it is.
 *
 * @throws `BENCH_PROGRAM_MISSING`, `BENCH_TOO_FEW_CORES`, `BENCH_NOT_A_DISK`, `BENCH_SERVER_FAILED`, `BENCH_LOAD_FAILED`
 */
export async function runBridgeBench(options: BridgeBenchOptions): Promise<void> {
  const { length, signal, nodeFlags, runtime, print, progress } = options;
  requirePrograms({ taskset: 'util-linux', ...MOSQUITTO_PROGRAMS });
  const [core, loadCore] = twoCores();
  await mkdir(scratch, { recursive: true });
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await mkdtemp(scratch), (path) => rm(path, { recursive: true, force: true }));
  const machine = describeMachine(folder);
  const startedAt = new Date().toISOString();

  progress(`registering ${DEVICES} devices`);
  const common = { core, signal, devices: DEVICES };
  const servers = [
    await installMkiot({ ...common, dataFolder: join(folder, 'mkiot'), runtime, nodeFlags }),
    await installMosquitto({ ...common, folder: join(folder, 'mosquitto') }),
  ] as const;
  const cases = CASES.filter(({ name }) => options.cases?.includes(name) ?? true);
  const plan = { servers, cases, length, rounds: ROUNDS[length], loadCore, signal, progress };
  const rounds = await measureRounds(plan);

  const { openssl } = process.versions;
  const commit = commitOfCheckout();
  const report = { startedAt, commit, node: process.version, openssl, machine, servers, cases, rounds };
  for (const line of reportLines(report)) print(line);
  const isTheWhole = length === 'whole' && options.cases === undefined && nodeFlags.length === 0 && runtime === NODE;
  if (isTheWhole) progress(`written to ${await keep(report)}`);
}

async function keep(report: BridgeReport): Promise<string> {
  const file = join(results, `${report.startedAt.slice(0, 10)}-bridge`);
  await mkdir(results, { recursive: true });
  await writeFile(`${file}.json`, reportJson(report));
  await writeFile(`${file}.md`, `${reportLines(report).join('\n')}\n`);
  return `${file}.md`;
}
