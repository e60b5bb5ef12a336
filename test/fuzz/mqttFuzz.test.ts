import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FuzzCounts, fuzzMqtt } from './mqttFuzz.ts';

test('ten seconds of spoilt packets crash, hang and fill nothing, and harm nobody who does nothing wrong', async (t) => {
  const counts: FuzzCounts[] = [];
  const finding = await fuzzMqtt({ seed: 1, milliseconds: 10_000, report: (one) => counts.push(one) });
  assert.equal(finding, undefined);
  const last = counts.at(-1)!;
  t.diagnostic(JSON.stringify(last));
  assert.ok(last.cases > 1_000, `${last.cases} cases`);
  assert.ok(last.messages > 100, `${last.messages} messages came through`);
  assert.equal(last.openConnections, 1, 'the bystander');
});
