import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { DEVIATIONS } from './deviations.ts';
import { permissiveBridge } from './permissiveBridge.ts';
import { type Outcome, runSequence, type Verdict } from './runSequence.ts';
import { readSequences, type Sequence } from './sequences.ts';

/** Cases that fail wait until they know it: side by side they wait together. */
const LANES = 16;

async function runAll(sequences: readonly Sequence[]): Promise<ReadonlyMap<string, Outcome>> {
  const lanes = Array.from({ length: LANES }, (_, lane) => sequences.filter((_, index) => index % LANES === lane));
  return new Map((await Promise.all(lanes.map(runLane))).flat());
}

/** Runs one case after the other, each against a bridge of its own, over TCP on loopback. */
async function runLane(sequences: readonly Sequence[]): Promise<readonly [string, Outcome][]> {
  let bridge = permissiveBridge();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => bridge.accept(socket, '127.0.0.1'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const outcomes: [string, Outcome][] = [];
  try {
    for (const sequence of sequences) {
      bridge = permissiveBridge();
      outcomes.push([sequence.name, await runSequence(sequence, port)]);
      await bridge.close();
    }
  } finally {
    server.close();
  }
  return outcomes;
}

test('every packet sequence of the corpus comes out as it is written, but for those with a reason', async (t) => {
  const sequences = readSequences();
  const outcomes = await runAll(sequences);
  const count = (verdict: Verdict): number => [...outcomes.values()].filter((one) => one.verdict === verdict).length;
  const strict = count('STRICT');
  t.diagnostic(`MQTT conformance: ${strict} strict, ${strict + count('LENIENT')} lenient of ${sequences.length}`);

  const expected = new Map<string, Outcome>(sequences.map(({ name }) => [name, { verdict: 'STRICT', heard: '' }]));
  for (const { verdict, heard, sequences: names } of DEVIATIONS) {
    for (const name of names) {
      assert.equal(expected.get(name)?.verdict, 'STRICT', `${name} is no case of the corpus, or listed twice`);
      expected.set(name, { verdict, heard });
    }
  }
  const surprises = [...outcomes].filter(([name, outcome]) => !isDeepStrictEqual(outcome, expected.get(name)));
  assert.deepEqual(surprises, []);
  assert.equal(outcomes.size, 1_483);
});
