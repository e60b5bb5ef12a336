import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../finding.ts';
import { applyBaseline } from './applyBaseline.ts';
import { type Baseline, parseBaseline } from './baseline.ts';
import { evidenceFingerprint } from './evidenceFingerprint.ts';

const RULES = new Set(['door-open', 'window-open']);
const front = { source: 'house.bin', text: 'open', partition: 'front', offset: 0x1000 } as const;
const back = { ...front, partition: 'back' } as const;
const finding: Finding = { ruleId: 'door-open', severity: 'high', evidence: [front, back] };
const DAY = '2026-11-23';
const noonOf = (day: string): number => Date.parse(`${day}T12:00:00Z`);

const entry = async (given: object = {}) => ({
  rule: 'door-open',
  evidence: await evidenceFingerprint('door-open', front),
  reason: 'guarded',
  until: DAY,
  ...given,
});
const fileOf = (...accepted: readonly unknown[]): string =>
  JSON.stringify({ format: 'mkiot-audit-baseline', version: 1, accepted });
const parse = (text: string): Baseline => parseBaseline(text, 'baseline.json', RULES);

test('accepted evidence is taken out of a finding, the rest of it counts', async () => {
  const { open, accepted, met } = await applyBaseline([finding], parse(fileOf(await entry())), noonOf(DAY));
  assert.deepEqual(
    open.map(({ evidence }) => evidence.map(({ partition }) => partition)),
    [['back']],
  );
  assert.deepEqual(
    accepted.map(({ evidence, reason, until }) => [evidence.partition, reason, until]),
    [['front', 'guarded', DAY]],
  );
  assert.equal(met.size, 1);
});

test('an entry holds through its last day, and counts again from the next on', async () => {
  const only: Finding = { ...finding, evidence: [front] };
  const baseline = parse(fileOf(await entry()));
  const openAt = async (time: string) => (await applyBaseline([only], baseline, Date.parse(time))).open.length;
  assert.equal(await openAt('2026-11-23T23:59:59.999Z'), 0);
  assert.equal(await openAt('2026-11-24T00:00:00Z'), 1);
});

test('an entry accepts nothing of another rule, of other evidence, or elsewhere', async () => {
  const fingerprint = await evidenceFingerprint('door-open', front);
  const others = [
    { ...finding, ruleId: 'window-open', evidence: [front] },
    { ...finding, evidence: [{ ...front, text: 'ajar' }] },
    { ...finding, evidence: [{ ...front, offset: 0x2000 }] },
    { ...finding, evidence: [{ ...front, nvsKey: 'a/b' }] },
    { ...finding, evidence: [{ ...front, isLeftover: true }] },
  ] as const satisfies readonly Finding[];
  const { open, met } = await applyBaseline(others, parse(fileOf(await entry())), noonOf(DAY));
  assert.equal(open.length, others.length);
  assert.equal(met.size, 0);
  for (const { evidence } of open) assert.notEqual(evidence[0].fingerprint, fingerprint);
});

test('a new file name, line or time of a log entry leaves the fingerprint as it is', async () => {
  const logged = (time: number) => evidenceFingerprint('door-open', { source: 'a', text: `W (${time}) door: open` });
  assert.equal(await logged(208), await logged(1234));
  const renamed = await evidenceFingerprint('door-open', { ...front, source: 'other.bin', line: 7 });
  assert.equal(renamed, await evidenceFingerprint('door-open', front));
});

test('a baseline that is not as it has to be accepts nothing and says what is wrong where', async () => {
  const right = await entry();
  for (const [text, code] of [
    ['{', 'BASELINE_NOT_JSON'],
    ['[]', 'BASELINE_FORMAT'],
    [JSON.stringify({ format: 'mkiot-audit-baseline', version: 2, accepted: [] }), 'BASELINE_FORMAT'],
    [fileOf(null), 'BASELINE_ENTRY'],
    [fileOf(right, { ...right, reason: ' ' }), 'BASELINE_ENTRY'],
    [fileOf({ ...right, until: undefined }), 'BASELINE_ENTRY'],
    [fileOf({ ...right, until: '2027-02-30' }), 'BASELINE_ENTRY'],
    [fileOf({ ...right, until: 'never' }), 'BASELINE_ENTRY'],
    [fileOf({ ...right, evidence: '*' }), 'BASELINE_ENTRY'],
    [fileOf({ ...right, rule: 'gate-open' }), 'BASELINE_RULE_UNKNOWN'],
  ] as const) {
    assert.throws(() => parse(text), { code }, text);
  }
  assert.throws(() => parse(fileOf(right, { ...right, until: 'never' })), /Entry 2 .* "until"/);
});
