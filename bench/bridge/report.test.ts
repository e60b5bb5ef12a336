import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from '../load/job.ts';
import type { MeasuredServer } from '../servers/measuredServer.ts';
import { CASES } from './cases.ts';
import { WANTED } from './wanted.ts';
import { type BridgeReport, reportJson, reportLines } from './report.ts';

function measured(done: number, serverCpuSeconds: number, p50 = 1): Measurement {
  return {
    done,
    seconds: 2,
    serverCpuSeconds,
    loadCpuSeconds: 1,
    foreignCpuSeconds: 0.5,
    latencyMs: { p50, p99: 2 * p50 },
    residentBytes: { before: 0, after: 2_048_000 },
  };
}

function server(name: string): MeasuredServer {
  return {
    name,
    version: '1.0',
    acknowledged: `of ${name}`,
    start: () => Promise.reject(new Error('not started here')),
  };
}

function reportOf(
  caseName: string,
  rounds: readonly (readonly [ours: Measurement, other: Measurement])[],
): BridgeReport {
  return {
    startedAt: '2026-11-22T12:00:00.000Z',
    commit: 'abcdef0',
    node: 'v26',
    openssl: '3.5',
    machine: { cpu: 'CPU', cores: 2, memoryGib: 4, kernel: '6', fileSystem: 'ext4', loadAverage: 0.5 },
    ours: [server('MkIoT')],
    peers: [server('mosquitto')],
    cases: CASES.filter(({ name }) => name === caseName),
    rounds: new Map([
      [
        caseName,
        rounds.map(
          ([ours, other]) =>
            new Map([
              ['MkIoT', ours],
              ['mosquitto', other],
            ] as const),
        ),
      ],
    ]),
  };
}

/** The cells of the first row that has all of `parts`. */
function rowOf(report: BridgeReport, ...parts: readonly string[]): readonly string[] {
  const rows = reportLines(report).map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.find((cells) => parts.every((part) => cells.includes(part)))?.slice(1, -1) ?? [];
}

const messages = 'thousand messages per CPU-second';

test('a ratio is taken within a round, then the median of the rounds', () => {
  const rounds = [
    [measured(100_000, 1), measured(50_000, 1)],
    [measured(10_000, 1), measured(10_000, 1)],
    [measured(90_000, 1), measured(60_000, 1)],
  ] as const;
  const report = reportOf('w10', rounds);
  assert.deepEqual(rowOf(report, messages).slice(2), ['90.0 (10.0 to 100.0)', '50.0 (10.0 to 60.0)']);
  assert.equal(rowOf(report, messages, 'MkIoT')[4], '1.50 (1.00 to 2.00); at least 1.5: met');
});

test('what is wanted and not reached is missed, for ratios and for what a figure is itself', () => {
  const slow = [[measured(30_000, 1), measured(100_000, 1)]] as const;
  assert.equal(rowOf(reportOf('w1', slow), messages, 'MkIoT')[4], '0.30; at least 0.55: missed');
  const late = reportOf('light', [[measured(40, 0.1, 2), measured(40, 0.1)]]);
  assert.equal(rowOf(late, 'ms, p50', 'MkIoT')[3], 'at most 1.5: missed');
  assert.equal(rowOf(late, 'ms, p99', 'MkIoT')[3], 'at most 6: met');
});

test('each runtime has its own wanted numbers, and its own ratio to each peer', () => {
  const { rounds, ...report } = reportOf('w10', [[measured(18_000, 1), measured(10_000, 1)]]);
  const both = (rounds.get('w10') ?? []).map((round) => new Map([...round, ['MkIoT on Bun', measured(19_000, 1)]]));
  const ours = [server('MkIoT'), server('MkIoT on Bun')];
  const compared = { ...report, ours, rounds: new Map([['w10', both]]) };
  assert.equal(rowOf(compared, messages, 'MkIoT')[4], '1.80; at least 1.5: met');
  assert.equal(rowOf(compared, messages, 'MkIoT on Bun')[4], '1.90; at least 2: missed');
});

test('what nobody has seen on disk is no figure and no ratio', () => {
  const stored = { ...measured(100_000, 1), stored: 100_000 };
  const report = reportOf('w10', [[stored, measured(50_000, 1)]]);
  const unit = 'thousand of them to disk per CPU-second';
  assert.deepEqual(rowOf(report, unit).slice(2), ['100.0', '']);
  assert.equal(rowOf(report, unit, 'MkIoT')[4], '');
});

test('what is wanted names cases and figures that there are', () => {
  for (const row of WANTED) {
    const benchCase = CASES.find(({ name }) => name === row.case);
    assert.ok(benchCase?.figures.includes(row.figure), `${row.case} ${row.figure}`);
    assert.equal(row.beside === undefined, row.ratioAtLeast === undefined);
  }
});

test('the report says on what it was measured, and its JSON has every measurement', () => {
  const report = reportOf('idle', [[measured(0, 0), measured(0, 0)]]);
  const text = reportLines(report).join('\n');
  for (const part of ['2026-11-22', 'abcdef0', 'v26', 'CPU', 'ext4', '- mosquitto: of mosquitto.'])
    assert.ok(text.includes(part), part);
  const json = JSON.parse(reportJson(report)) as { cases: { rounds: Record<string, Measurement>[] }[] };
  assert.equal(json.cases[0]?.rounds[0]?.['mosquitto']?.residentBytes.after, 2_048_000);
});
