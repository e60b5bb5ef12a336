import type { Measurement } from '../load/job.ts';
import type { Machine } from '../machine.ts';
import { markdownTable } from '../markdownTable.ts';
import type { MeasuredServer } from '../servers/measuredServer.ts';
import type { BenchCase, Figure } from './cases.ts';
import type { CaseRound, Rounds } from './rounds.ts';
import { formatSpread, spreadOf } from '../spread.ts';

/** Everything that a run has found out. The first server is compared with the second. */
export interface BridgeReport {
  readonly startedAt: string;
  readonly commit: string;
  readonly node: string;
  readonly openssl: string;
  readonly machine: Machine;
  readonly servers: readonly [MeasuredServer, MeasuredServer];
  readonly cases: readonly BenchCase[];
  readonly rounds: Rounds;
}

const RATIO_DECIMALS = 2;

/** The report as Markdown, for a terminal too. */
export function reportLines(report: BridgeReport): readonly string[] {
  const { machine, servers, rounds, cases } = report;
  const [ours, other] = servers;
  const roundCount = Math.max(...[...rounds.values()].map(({ length }) => length));
  return [
    `# The MQTT bridge beside ${other.name}, ${report.startedAt.slice(0, 10)}`,
    '',
    `${ours.name} ${ours.version} (commit ${report.commit}) on Node ${report.node} with OpenSSL ${report.openssl}; ` +
      `${other.name} ${other.version}.`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB; Linux ${machine.kernel}; data on ` +
      `${machine.fileSystem}; load average at the beginning ${machine.loadAverage.toFixed(1)}.`,
    `Rounds: ${roundCount}. Each figure is the median of the rounds, with the least and the greatest; a ratio is of one round.`,
    '',
    ...markdownTable(
      ['', 'unit', ours.name, other.name, `${ours.name} / ${other.name}`, 'wanted'],
      cases.flatMap((benchCase) =>
        benchCase.figures.map((figure) => figureCells(benchCase, figure, roundsOf(report, benchCase), servers)),
      ),
    ),
    '',
    'How the figures came about: how busy the server and the load were, and how much of the core of the server somebody ' +
      'else took; how long an answer took.',
    '',
    ...markdownTable(
      ['', 'server', 'server busy', 'load busy', 'others', 'answer p50, ms', 'answer p99, ms'],
      cases.flatMap((benchCase) => servers.map(({ name }) => usageCells(benchCase, name, roundsOf(report, benchCase)))),
    ),
  ];
}

/** The report as JSON: every measurement of every round. */
export function reportJson({ servers, rounds, cases, ...rest }: BridgeReport): string {
  const versions = Object.fromEntries(servers.map(({ name, version }) => [name, version]));
  const measured = cases.map(({ name, title, load }) => ({
    name,
    title,
    load,
    rounds: (rounds.get(name) ?? []).map((round) => Object.fromEntries(round)),
  }));
  return `${JSON.stringify({ ...rest, versions, cases: measured }, undefined, 2)}\n`;
}

function roundsOf({ rounds }: BridgeReport, { name }: BenchCase): readonly CaseRound[] {
  return rounds.get(name) ?? [];
}

function figureCells(
  { title }: BenchCase,
  { unit, decimals, of, wanted }: Figure,
  rounds: readonly CaseRound[],
  [ours, other]: BridgeReport['servers'],
): readonly string[] {
  const valuesOf = (server: MeasuredServer): readonly number[] => measurementsOf(server.name, rounds).map(of);
  const oursValues = valuesOf(ours);
  const otherValues = valuesOf(other);
  const ratios = oursValues.map((value, round) => value / (otherValues[round] as number));
  const absolute = spreadOf(oursValues);
  const ratio = spreadOf(ratios);
  return [
    title,
    unit,
    formatSpread(absolute, decimals),
    formatSpread(spreadOf(otherValues), decimals),
    formatSpread(ratio, RATIO_DECIMALS),
    verdict(wanted, absolute.median, ratio.median),
  ];
}

function verdict(wanted: Figure['wanted'], value: number, ratio: number): string {
  if (wanted === undefined) return '';
  if ('atMost' in wanted) return `at most ${wanted.atMost}: ${value <= wanted.atMost ? 'met' : 'missed'}`;
  return `ratio at least ${wanted.ratioAtLeast}: ${ratio >= wanted.ratioAtLeast ? 'met' : 'missed'}`;
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
