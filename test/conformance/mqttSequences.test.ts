import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { DEVIATIONS } from './deviations.ts';
import { permissiveBridge } from './permissiveBridge.ts';
import { runSequence, type Verdict } from './runSequence.ts';
import { readSequences, type Sequence } from './sequences.ts';

/** Cases that fail wait until they know it: side by side they wait together. */
const LANES = 16;

async function runAll(sequences: readonly Sequence[]): Promise<ReadonlyMap<string, Verdict>> {
  const lanes = Array.from({ length: LANES }, (_, lane) => sequences.filter((_, index) => index % LANES === lane));
  return new Map((await Promise.all(lanes.map(runLane))).flat());
}

/** Runs one case after the other, each against a bridge of its own, over TCP on loopback. */
async function runLane(sequences: readonly Sequence[]): Promise<readonly [string, Verdict][]> {
  let bridge = permissiveBridge();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => bridge.accept(socket, '127.0.0.1'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const verdicts: [string, Verdict][] = [];
  try {
    for (const sequence of sequences) {
      bridge = permissiveBridge();
      verdicts.push([sequence.name, await runSequence(sequence, port)]);
      await bridge.close();
    }
  } finally {
    server.close();
  }
  return verdicts;
}

test('every packet sequence of the corpus comes out as it is written, but for those with a reason', async (t) => {
  const sequences = readSequences();
  const verdicts = await runAll(sequences);
  const count = (verdict: Verdict): number => [...verdicts.values()].filter((one) => one === verdict).length;
  const strict = count('STRICT');
  t.diagnostic(`MQTT conformance: ${strict} strict, ${strict + count('LENIENT')} lenient of ${sequences.length}`);

  const expected = new Map<string, Verdict>(sequences.map(({ name }) => [name, 'STRICT']));
  for (const { verdict, sequences: names } of DEVIATIONS) {
    for (const name of names) {
      assert.equal(expected.get(name), 'STRICT', `${name} is no case of the corpus, or listed twice`);
      expected.set(name, verdict);
    }
  }
  const surprises = [...verdicts].filter(([name, verdict]) => expected.get(name) !== verdict);
  assert.deepEqual(surprises, []);
  assert.equal(verdicts.size, 1_483);
});
