import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InFlightWindow } from './inFlightWindow.ts';

test('a packet identifier is never in use twice, and each message is told its end once', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 300 }), (steps) => {
      const window = new InFlightWindow(5);
      const open = new Set<number>();
      let told = 0;
      let sent = 0;
      for (const step of steps) {
        const packetId = step < 6 ? window.freePacketId() : undefined;
        if (packetId !== undefined) {
          assert.ok(!open.has(packetId) && packetId >= 1 && packetId <= 0xffff);
          open.add(packetId);
          sent++;
          window.sent(packetId, () => told++);
        } else if (step < 6) {
          assert.equal(open.size, 5);
        } else {
          const acknowledged = [...open][step % 5] ?? 999;
          open.delete(acknowledged);
          window.acknowledged(acknowledged);
          window.acknowledged(acknowledged);
        }
        assert.equal(told, sent - open.size);
      }
      window.abandon();
      window.abandon();
      assert.equal(told, sent);
    }),
  );
});

test('identifiers begin anew after 65,535 and step over those that are still in use', () => {
  const window = new InFlightWindow(2);
  window.sent(window.freePacketId()!, () => undefined);
  let last = 1;
  for (let index = 0; index < 0xffff; index++) {
    last = window.freePacketId()!;
    window.sent(last, () => undefined);
    window.acknowledged(last);
    assert.notEqual(last, 1);
  }
  assert.equal(last, 2);
});
