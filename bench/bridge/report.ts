import type { Measurement } from '../load/job.ts';
import type { Machine } from '../machine.ts';
import { markdownTable } from '../markdownTable.ts';
import type { MeasuredServer } from '../servers/measuredServer.ts';
import { type BenchCase, type FigureName, FIGURES } from './cases.ts';
import type { CaseRound, Rounds } from './rounds.ts';
import { formatSpread, spreadOf } from '../spread.ts';
import { isMet, type Wanted, wantedOf } from './wanted.ts';

/** Everything that a run has found out. */
export interface BridgeReport {
  readonly startedAt: string;
  readonly commit: string;
  readonly node: string;
  readonly openssl: string;
  readonly machine: Machine;
  /** MkIoT, on one runtime or on some. */
  readonly ours: readonly MeasuredServer[];
  /** What it is compared with. */
  readonly peers: readonly MeasuredServer[];
  readonly cases: readonly BenchCase[];
  readonly rounds: Rounds;
}

const RATIO_DECIMALS = 2;

/** The report as Markdown, for a terminal too. */
export function reportLines(report: BridgeReport): readonly string[] {
  const { machine, peers, rounds, cases } = report;
  const servers = serversOf(report);
  const roundCount = Math.max(...[...rounds.values()].map(({ length }) => length));
  return [
    `# The MQTT bridge beside ${peers.map(({ name }) => name).join(', ')}, ${report.startedAt.slice(0, 10)}`,
    '',
    `${servers.map(({ name, version }) => `${name} ${version}`).join('; ')}. Commit ${report.commit}; Node ` +
      `${report.node} with OpenSSL ${report.openssl}.`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB; Linux ${machine.kernel}; data on ` +
      `${machine.fileSystem}; load average at the beginning ${machine.loadAverage.toFixed(1)}.`,
    `Rounds: ${roundCount}. Each figure is the median of the rounds, with the least and the greatest.`,
    '',
    ...markdownTable(['', 'unit', ...servers.map(({ name }) => name)], figureRows(report)),
    '',
    'What has become of a message when its PUBACK comes:',
    '',
    ...servers.map(({ name, acknowledged }) => `- ${name}: ${acknowledged}.`),
    '',
    'What is wanted of MkIoT, and its figure divided by that of each peer in the same round:',
    '',
    ...markdownTable(['', 'unit', '', 'itself', ...peers.map(({ name }) => `/ ${name}`)], comparisonRows(report)),
    '',
    'How the figures came about: how busy the server and the load were, and how much of the core of the server somebody ' +
      'else took; how long an answer took.',
    '',
    ...markdownTable(
      ['', 'server', 'server busy', 'load busy', 'others', 'answer p50, ms', 'answer p99, ms'],
      cases.flatMap((benchCase) =>
        servers.map(({ name }) => usageCells(benchCase, name, rounds.get(benchCase.name) ?? [])),
      ),
    ),
  ];
}

/** The report as JSON: every measurement of every round. */
export function reportJson({ ours, peers, rounds, cases, ...rest }: BridgeReport): string {
  const versions = Object.fromEntries([...ours, ...peers].map(({ name, version }) => [name, version]));
  const measured = cases.map(({ name, title, load }) => ({
    name,
    title,
    load,
    rounds: (rounds.get(name) ?? []).map((round) => Object.fromEntries(round)),
  }));
  return `${JSON.stringify({ ...rest, versions, cases: measured }, undefined, 2)}\n`;
}

function serversOf({ ours, peers }: BridgeReport): readonly MeasuredServer[] {
  return [...ours, ...peers];
}

/** The figures of all servers. */
function figureRows(report: BridgeReport): readonly (readonly string[])[] {
  return eachFigure(report, (benchCase, name, rounds) => [
    [
      benchCase.title,
      FIGURES[name].unit,
      ...serversOf(report).map((server) => spreadText(valuesOf(name, server, rounds), FIGURES[name].decimals)),
    ],
  ]);
}

/** MkIoT's figures beside those of each peer, and what is wanted of them. */
function comparisonRows({ ours, peers, ...report }: BridgeReport): readonly (readonly string[])[] {
  return eachFigure(report, (benchCase, name, rounds) =>
    ours.map((server) => {
      const values = valuesOf(name, server, rounds);
      const ratios = peers.map((peer) => {
        const others = valuesOf(name, peer, rounds);
        const each = values.map((value, round) => value / (others[round] ?? Number.NaN));
        return comparedText(each, wantedOf(benchCase.name, name, server.name, peer.name));
      });
      const wanted = wantedOf(benchCase.name, name, server.name, undefined);
      const alone = wanted === undefined ? '' : verdict(wanted, values);
      return [benchCase.title, FIGURES[name].unit, server.name, alone, ...ratios];
    }),
  );
}

function comparedText(ratios: readonly number[], wanted: Wanted | undefined): string {
  const text = spreadText(ratios, RATIO_DECIMALS);
  return wanted === undefined || text === '' ? text : `${text}; ${verdict(wanted, ratios)}`;
}

function eachFigure(
  { cases, rounds }: Pick<BridgeReport, 'cases' | 'rounds'>,
  rowsOf: (benchCase: BenchCase, figure: FigureName, rounds: readonly CaseRound[]) => readonly (readonly string[])[],
): readonly (readonly string[])[] {
  return cases.flatMap((benchCase) =>
    benchCase.figures.flatMap((name) => rowsOf(benchCase, name, rounds.get(benchCase.name) ?? [])),
  );
}

function valuesOf(name: FigureName, server: MeasuredServer, rounds: readonly CaseRound[]): readonly number[] {
  return measurementsOf(server.name, rounds).map(FIGURES[name].of);
}

function spreadText(values: readonly number[], decimals: number): string {
  return values.some(Number.isNaN) ? '' : formatSpread(spreadOf(values), decimals);
}

function verdict(wanted: Wanted, values: readonly number[]): string {
  const { atMost, ratioAtLeast } = wanted;
  const words = atMost === undefined ? `at least ${ratioAtLeast}` : `at most ${atMost}`;
  return `${words}: ${isMet(wanted, spreadOf(values).median) ? 'met' : 'missed'}`;
}

function usageCells({ title }: BenchCase, server: string, rounds: readonly CaseRound[]): readonly string[] {
  const measurements = measurementsOf(server, rounds);
  const median = (of: (measurement: Measurement) => number): number => spreadOf(measurements.map(of)).median;
  const percent = (of: (measurement: Measurement) => number): string => `${(100 * median(of)).toFixed(0)} %`;
  const ms = (quantile: 'p50' | 'p99'): string => {
    const value = median(({ latencyMs }) => latencyMs?.[quantile] ?? Number.NaN);
    return Number.isNaN(value) ? '' : value.toFixed(2);
  };
  return [
    title,
    server,
    percent(({ serverCpuSeconds, seconds }) => serverCpuSeconds / seconds),
    percent(({ loadCpuSeconds, seconds }) => loadCpuSeconds / seconds),
    percent(({ foreignCpuSeconds, seconds }) => foreignCpuSeconds / seconds),
    ms('p50'),
    ms('p99'),
  ];
}

function measurementsOf(server: string, rounds: readonly CaseRound[]): readonly Measurement[] {
  return rounds.flatMap((round) => round.get(server) ?? []);
}
