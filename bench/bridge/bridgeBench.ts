import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitOfCheckout, describeMachine, requirePrograms, twoCores } from '../machine.ts';
import { installMkiot, type Runtime } from '../servers/mkiot.ts';
import { MOSQUITTO, type Peer, PEERS } from '../servers/peers.ts';
import { CASES, DEVICES, PEER_CASES, WORKER_CASES } from './cases.ts';
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
  /** Whether it is compared with all that people use, or with mosquitto alone. */
  readonly peers: boolean;
  /** The setting `workers`. With more than one MkIoT is compared with itself with one. */
  readonly workers: number;
  readonly nodeFlags: readonly string[];
  /** What MkIoT runs on; some: on each, as a server of its own. */
  readonly runtimes: readonly Runtime[];
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly progress: (line: string) => void;
}

/**
 * Measures MkIoT beside others, prints the report, and keeps it when it is of a whole run of the product as it is.
 *
 * @throws `BENCH_PROGRAM_MISSING`, `BENCH_TOO_FEW_CORES`, `BENCH_NOT_A_DISK`, `BENCH_SERVER_FAILED`, `BENCH_LOAD_FAILED`,
 * `BENCH_SUBSCRIPTION_REFUSED`
 */
export async function runBridgeBench(options: BridgeBenchOptions): Promise<void> {
  const { length, signal, nodeFlags, runtimes, workers, print, progress } = options;
  const compared = comparedWith(options);
  requirePrograms(Object.assign({ taskset: 'util-linux' }, ...compared.map(({ programs }) => programs)));
  const [core, loadCore] = twoCores();
  await mkdir(scratch, { recursive: true });
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await mkdtemp(scratch), (path) => rm(path, { recursive: true, force: true }));
  const machine = describeMachine(folder);
  const startedAt = new Date().toISOString();

  let folders = 0;
  const installation = () => ({ core, signal, devices: DEVICES, folder: join(folder, `server-${folders++}`) });
  const ours = [];
  for (const runtime of runtimes) {
    progress(`registering ${DEVICES} devices at MkIoT on ${runtime.name}`);
    ours.push(await installMkiot({ ...installation(), runtime, workers, nodeFlags }));
  }
  const peers = [];
  for (const { install } of compared) peers.push(await install(installation()));

  const wantedCases = options.cases ?? (options.peers ? PEER_CASES : undefined);
  const cases = (workers === 1 ? CASES : WORKER_CASES).filter(({ name }) => wantedCases?.includes(name) ?? true);
  const servers = [...ours, ...peers];
  const rounds = await measureRounds({ servers, cases, length, rounds: ROUNDS[length], loadCore, signal, progress });

  const { openssl } = process.versions;
  const commit = commitOfCheckout();
  const report = { startedAt, commit, node: process.version, openssl, machine, ours, peers, cases, rounds };
  for (const line of reportLines(report)) print(line);
  const hasNode = runtimes.some(({ name }) => name === 'Node');
  const isAsInstalled = nodeFlags.length === 0 && workers === 1 && hasNode;
  const isTheWhole = length === 'whole' && options.cases === undefined && isAsInstalled;
  if (isTheWhole) progress(`written to ${await keep(report, options.peers ? 'bridge-peers' : 'bridge')}`);
}

function comparedWith({ peers, workers, runtimes, nodeFlags }: BridgeBenchOptions): readonly Peer[] {
  if (workers === 1) return peers ? PEERS : [MOSQUITTO];
  return runtimes.map((runtime) => ({
    programs: {},
    install: (options) => installMkiot({ ...options, runtime, nodeFlags, workers: 1 }),
  }));
}

async function keep(report: BridgeReport, subject: string): Promise<string> {
  const file = join(results, `${report.startedAt.slice(0, 10)}-${subject}`);
  await mkdir(results, { recursive: true });
  await writeFile(`${file}.json`, reportJson(report));
  await writeFile(`${file}.md`, `${reportLines(report).join('\n')}\n`);
  return `${file}.md`;
}
