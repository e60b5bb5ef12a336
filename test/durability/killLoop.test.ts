import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runKillLoop } from './killLoop.ts';

test('whenever the platform is killed under load, each acknowledged event is there, in order, and no copy unasked for', async (t) => {
  const events = 20_000;
  const result = await runKillLoop({
    events,
    kills: 8,
    devices: 4,
    window: 100,
    payloadBytes: 100,
    report: (line) => t.diagnostic(line),
  });
  t.diagnostic(JSON.stringify(result));
  assert.deepEqual(result.violations, []);
  assert.ok(result.kills >= 5, `${result.kills} kills`);
  assert.ok(result.resent > 0, 'what was under way at a kill has been sent again');
  assert.ok(result.acknowledged >= events);
  assert.equal(result.log.present, result.acknowledged);
  assert.equal(result.subscription.present, result.acknowledged);
  assert.equal(result.subscription.events, result.log.events);
});
