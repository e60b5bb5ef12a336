import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FRAMES, readFrames } from './frames.ts';
import { Outbox } from './outbox.ts';
import { ToldWatch } from './toldWatch.ts';

test('who is shut out is not admitted until the time is over, or before when it is told', () => {
  const clock = new VirtualClock();
  const start = [{ network: '192.0.2.1', forMs: 10_000 }];
  const watch = new ToldWatch(clock, new Outbox(() => undefined), start);
  watch.change({ network: '2001:db8:0:0::/64', forMs: 20_000 });
  assert.equal(watch.admits('192.0.2.1'), false);
  assert.equal(watch.admits('2001:db8::5'), false);
  assert.equal(watch.admits('192.0.2.2'), true);
  watch.change({ network: '2001:db8:0:0::/64', forMs: 0 });
  assert.equal(watch.admits('2001:db8::5'), true);
  clock.advance(9_999);
  assert.equal(watch.admits('192.0.2.1'), false);
  clock.advance(1);
  assert.equal(watch.admits('192.0.2.1'), true);
});

test('whom it turns away and who abandons a handshake is told to the main thread', async () => {
  const told: string[] = [];
  const names = new Map<number, string>(Object.entries(FRAMES).map(([name, code]) => [code, name]));
  const outbox = new Outbox((batch) =>
    readFrames(batch, (code, _connection, _value, payload) => told.push(`${names.get(code)} ${utf8Decode(payload)}`)),
  );
  const watch = new ToldWatch(new VirtualClock(), outbox, [{ network: '192.0.2.1', forMs: 1 }]);
  watch.admits('192.0.2.1');
  watch.admits('192.0.2.2');
  watch.abandoned('192.0.2.3');
  await new Promise(setImmediate);
  assert.deepEqual(told, ['TURNED_AWAY 192.0.2.1', 'ABANDONED 192.0.2.3']);
});
