import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from '../load/job.ts';
import type { MeasuredServer } from '../servers/measuredServer.ts';
import { CASES } from './cases.ts';
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
  return { name, version: '1.0', start: () => Promise.reject(new Error('not started here')) };
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
    servers: [server('MkIoT'), server('other')],
    cases: CASES.filter(({ name }) => name === caseName),
    rounds: new Map([
      [
        caseName,
        rounds.map(
          ([ours, other]) =>
            new Map([
              ['MkIoT', ours],
              ['other', other],
            ] as const),
        ),
      ],
    ]),
  };
}

function cellsOf(report: BridgeReport, unit: string): readonly string[] {
  const line = reportLines(report).find((each) => each.includes(`| ${unit} `)) ?? '';
  return line.split('|').map((cell) => cell.trim());
}

test('a ratio is taken within a round, then the median of the rounds', () => {
  const rounds = [
    [measured(100_000, 1), measured(50_000, 1)],
    [measured(10_000, 1), measured(10_000, 1)],
    [measured(90_000, 1), measured(60_000, 1)],
  ] as const;
  const cells = cellsOf(reportOf('w10', rounds), 'thousand messages per CPU-second');
  assert.deepEqual(cells.slice(3, 7), [
    '90.0 (10.0 to 100.0)',
    '50.0 (10.0 to 60.0)',
    '1.50 (1.00 to 2.00)',
    'ratio at least 1: met',
  ]);
});

test('what is wanted and not reached is missed, for ratios and for times', () => {
  const slow = [[measured(30_000, 1), measured(100_000, 1)]] as const;
  assert.equal(cellsOf(reportOf('w1', slow), 'thousand messages per CPU-second')[6], 'ratio at least 0.4: missed');
  const late = [[measured(40, 0.1, 2), measured(40, 0.1)]] as const;
  assert.equal(cellsOf(reportOf('light', late), 'ms, p50')[6], 'at most 1.5: missed');
  assert.equal(cellsOf(reportOf('light', late), 'ms, p99')[6], 'at most 6: met');
});

test('the report says on what it was measured, and its JSON has every measurement', () => {
  const report = reportOf('idle', [[measured(0, 0), measured(0, 0)]]);
  const text = reportLines(report).join('\n');
  for (const part of ['2026-11-22', 'abcdef0', 'v26', 'CPU', 'ext4']) assert.ok(text.includes(part), part);
  const json = JSON.parse(reportJson(report)) as { cases: { rounds: Record<string, Measurement>[] }[] };
  assert.equal(json.cases[0]?.rounds[0]?.['other']?.residentBytes.after, 2_048_000);
});
