import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { DeliveryWindow } from './deliveryWindow.ts';

const fresh = (): DeliveryWindow => new DeliveryWindow({ next: 1, unacknowledged: [] });

test('what is acknowledged in any order leaves nothing behind', () => {
  const window = fresh();
  for (const sequence of [1, 2, 3]) window.deliver(sequence, 10);
  assert.deepEqual(window.position, { next: 4, unacknowledged: [1, 2, 3] });
  assert.equal(window.acknowledge(2), true);
  assert.deepEqual(window.position, { next: 4, unacknowledged: [1, 3] });
  assert.equal(window.acknowledge(1), true);
  assert.equal(window.acknowledge(3), true);
  assert.deepEqual(window.position, { next: 4, unacknowledged: [] });
  assert.equal(window.acknowledge(3), false, 'twice');
  assert.equal(window.acknowledge(4), false, 'never delivered');
});

test('an event is due at its deadline, and again after its next one', () => {
  const window = fresh();
  window.deliver(1, 10);
  window.deliver(2, 20);
  assert.deepEqual(window.due(9, 10), []);
  assert.equal(window.nextDueMs, 10);
  assert.deepEqual(window.due(10, 10), [1]);
  assert.deepEqual(window.due(20, 10), [1, 2]);
  assert.deepEqual(window.due(20, 1), [1]);
  window.deliver(1, 30);
  assert.deepEqual(window.due(20, 10), [2]);
  assert.deepEqual(window.position.unacknowledged, [1, 2], 'in order, however often delivered');
});

test('what was unacknowledged at the start, or is taken back, is due at once', () => {
  const window = new DeliveryWindow({ next: 9, unacknowledged: [3, 7] });
  assert.deepEqual(window.due(0, 10), [3, 7]);
  window.deliver(3, 50);
  window.acknowledge(7);
  window.takeBack([3, 7]);
  assert.deepEqual(window.due(0, 10), [3]);
});

test('giving up counts what was not looked at and what was not acknowledged', () => {
  const window = fresh();
  for (const sequence of [1, 2, 3]) window.deliver(sequence, 10);
  window.acknowledge(2);
  assert.equal(window.giveUpBefore(1), 0);
  assert.equal(window.giveUpBefore(3), 1, '1 was not acknowledged');
  assert.equal(window.giveUpBefore(11), 1 + 7, '3 was not acknowledged, 4 to 10 not looked at');
  assert.deepEqual(window.position, { next: 11, unacknowledged: [] });
  assert.equal(window.giveUpBefore(11), 0);
});

test('its room is bounded', () => {
  const window = fresh();
  const room = window.room;
  for (let sequence = 1; sequence <= room; sequence++) window.deliver(sequence, 10);
  assert.equal(window.room, 0);
  window.acknowledge(5);
  assert.equal(window.room, 1);
});

test('whatever happens, an event is acknowledged, due, or still to come', () => {
  const anyStep = fc.record({ kind: fc.constantFrom('deliver', 'skip', 'acknowledge', 'restart'), pick: fc.nat() });
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      let window = fresh();
      const open = new Set<number>();
      for (const { kind, pick } of steps) {
        if (kind === 'deliver') {
          open.add(window.next);
          window.deliver(window.next, 10);
        } else if (kind === 'skip') window.moveTo(window.next + (pick % 3));
        else if (kind === 'restart') window = new DeliveryWindow(window.position);
        else if (open.size > 0) {
          const sequence = [...open][pick % open.size] as number;
          open.delete(sequence);
          assert.equal(window.acknowledge(sequence), true);
        }
        assert.deepEqual(window.due(10, 100), [...open]);
        assert.deepEqual(window.position, { next: window.next, unacknowledged: [...open] });
      }
    }),
  );
});
