import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AcknowledgementOrder } from './acknowledgementOrder.ts';

test('whatever the order of outcomes, acknowledgements keep the order of receipt and none waits without need', () => {
  const packetIds = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 700 });
  fc.assert(
    fc.property(packetIds, fc.infiniteStream(fc.nat()), (received, random) => {
      const order = new AcknowledgementOrder();
      const sent: number[] = [];
      const sink = { acknowledge: (packetId: number) => void sent.push(packetId) };
      const open: { packetId: number; accepted: boolean }[] = [];
      const draw = (): number => random.next().value as number;
      const acceptOne = (): void => {
        const undecided = open.filter(({ accepted }) => !accepted);
        if (undecided.length === 0) return;
        const { packetId } = undecided[draw() % undecided.length]!;
        // An identifier that a device uses twice at a time means the older message first.
        undecided.find((one) => one.packetId === packetId)!.accepted = true;
        order.accepted(packetId, 0, sink);
      };
      for (const packetId of received) {
        open.push({ packetId, accepted: false });
        order.received(packetId);
        if (draw() % 3 > 0) acceptOne();
        const firstUndecided = open.findIndex(({ accepted }) => !accepted);
        const due = firstUndecided < 0 ? open.length : firstUndecided;
        assert.deepEqual(sent, received.slice(0, due));
        assert.equal(order.waiting, open.length - due);
      }
      for (let left = open.length; left > 0; left--) acceptOne();
      assert.deepEqual(sent, received);
      assert.equal(order.waiting, 0);
    }),
    { numRuns: 50 },
  );
});

test('an outcome for a message that does not wait is nothing', () => {
  const order = new AcknowledgementOrder();
  const sent: number[] = [];
  order.accepted(1, 0, { acknowledge: (packetId) => void sent.push(packetId) });
  order.received(2);
  order.accepted(1, 0, { acknowledge: (packetId) => void sent.push(packetId) });
  assert.deepEqual(sent, []);
  assert.equal(order.waiting, 1);
});

test('an acknowledgement that waits for those before it keeps its reason code', () => {
  const order = new AcknowledgementOrder();
  const sent: (readonly [number, number])[] = [];
  const sink = { acknowledge: (packetId: number, reasonCode: number) => void sent.push([packetId, reasonCode]) };
  for (const packetId of [1, 0xffff, 2]) order.received(packetId);
  order.accepted(0xffff, 0x10, sink);
  order.accepted(2, 0x7f, sink);
  order.accepted(1, 0, sink);
  assert.deepEqual(sent, [
    [1, 0],
    [0xffff, 0x10],
    [2, 0x7f],
  ]);
});

test('a message that is dropped is not acknowledged, and holds up none of those behind it', () => {
  const packetIds = fc.uniqueArray(fc.integer({ min: 1, max: 0xffff }), { maxLength: 600 });
  fc.assert(
    fc.property(packetIds, fc.infiniteStream(fc.nat()), (received, random) => {
      const order = new AcknowledgementOrder();
      const sent: number[] = [];
      const sink = { acknowledge: (packetId: number) => void sent.push(packetId) };
      for (const packetId of received) order.received(packetId);
      const draw = (): number => random.next().value as number;
      const isDropped = new Map(received.map((packetId) => [packetId, draw() % 3 === 0]));
      const shuffled = received.map((packetId) => [draw(), packetId] as const).toSorted(([a], [b]) => a - b);
      for (const [, packetId] of shuffled) {
        if (isDropped.get(packetId) === true) order.dropped(packetId, sink);
        else order.accepted(packetId, 0, sink);
      }
      assert.deepEqual(
        sent,
        received.filter((packetId) => isDropped.get(packetId) !== true),
      );
      assert.equal(order.waiting, 0);
    }),
    { numRuns: 50 },
  );
});
