import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestClient } from '../bridge.testing.ts';
import { keptWith, published, willBench } from './wills.testing.ts';

/** A connection of one device: when it comes, what it asks for, and how it goes if no other takes it over. */
const anyConnection = fc.record({
  waitsMs: fc.integer({ min: 0, max: 50_000 }),
  isClean: fc.boolean(),
  expirySeconds: fc.constantFrom(0, 10, 40),
  delaySeconds: fc.constantFrom(0, 5, 20, 60),
  lastsMs: fc.integer({ min: 1, max: 20_000 }),
  end: fc.constantFrom('LOST', 'CUT', 'WITH_WILL', 'GOODBYE', 'WITHDRAWN', 'TAKEN_OVER'),
});

type TestConnection = typeof anyConnection extends fc.Arbitrary<infer T> ? T : never;

/** What section 3.1.2.5 of MQTT 5.0 says of each connection, without a word of how the bridge does it. */
function expectedWills(connections: readonly TestConnection[]): readonly string[] {
  return connections.flatMap(({ end, expirySeconds, delaySeconds }, index) => {
    if (end === 'GOODBYE' || end === 'WITHDRAWN') return [];
    const next = connections[index + 1];
    const isOverAtMs = Math.min(delaySeconds, expirySeconds) * 1_000;
    const isBackAfterMs = end === 'TAKEN_OVER' ? 0 : (next?.waitsMs ?? Infinity);
    const isResumed = next !== undefined && !next.isClean && isBackAfterMs < isOverAtMs;
    return isResumed ? [] : [`will ${index}`];
  });
}

test('each end of a connection publishes its will once, or the specification says why not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyConnection, { minLength: 1, maxLength: 6 }), async (script) => {
      const connections = script.map((each, index) =>
        each.end === 'TAKEN_OVER' && index === script.length - 1 ? { ...each, end: 'LOST' as const } : each,
      );
      const bench = willBench();
      for (const [index, { waitsMs, isClean, lastsMs, end, ...kept }] of connections.entries()) {
        if (connections[index - 1]?.end !== 'TAKEN_OVER') await bench.clock.advanceAsync(waitsMs);
        const client = await bench.login('pump-1', { ...keptWith(`will ${index}`, kept), cleanSession: isClean });
        await bench.clock.advanceAsync(lastsMs);
        endIt(client, end, (withdrawsWill) =>
          bench.bridge.session(1)?.close({ code: 'CUT', by: 'SERVER', message: 'cut', ...withdrawsWill }),
        );
        await bench.clock.advanceAsync(0);
      }
      await bench.clock.advanceAsync(100_000);
      assert.deepEqual(published(bench).toSorted(), expectedWills(connections).toSorted());
    }),
    { numRuns: 150 },
  );
});

function endIt(
  client: TestClient,
  end: TestConnection['end'],
  cut: (how: { readonly withdrawsWill?: true }) => void,
): void {
  if (end === 'LOST') client.socket.destroy();
  else if (end === 'CUT') cut({});
  else if (end === 'WITHDRAWN') cut({ withdrawsWill: true });
  else if (end !== 'TAKEN_OVER') client.send({ type: 'DISCONNECT', ...(end === 'WITH_WILL' ? { reasonCode: 4 } : {}) });
}
