import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CheckResult, EventCheck } from './eventCheck.ts';
import { eventText, SentEvents } from './sentEvents.ts';

const BYTES = 20;

/** A pump that sent events 1 to 4, event 3 twice, and was promised the first three. */
function pump(): SentEvents {
  const sent = new SentEvents();
  for (const number of [1, 2, 3, 4]) assert.equal(sent.sendNext(), number);
  sent.sendAgain(3);
  for (const number of [1, 2, 3]) sent.acknowledge(number);
  return sent;
}

/** What the check says of a log with these events of the pump, in this order. */
function checked(...found: readonly (number | string)[]): CheckResult {
  const check = new EventCheck(new Map([['pump-1', pump()]]), BYTES);
  for (const [index, event] of found.entries()) {
    const text = typeof event === 'number' ? eventText('pump-1', event, BYTES) : event;
    check.saw({ sequence: index + 1, device: 'pump-1', text });
  }
  return check.result();
}

test('a log that keeps the promise passes: an unpromised event may be there or not, a resent one twice', () => {
  assert.deepEqual(checked(1, 2, 3), { present: 3, duplicates: 0, violations: [] });
  assert.deepEqual(checked(1, 2, 3, 3, 4), { present: 3, duplicates: 1, violations: [] });
  assert.deepEqual(checked(1, 2, 3, 4, 3), { present: 3, duplicates: 1, violations: [] });
});

test('an acknowledged event that is not there is found', () => {
  assert.deepEqual(checked(1, 3, 4), {
    present: 2,
    duplicates: 0,
    violations: ['event 2 of pump-1 was acknowledged and is not there'],
  });
});

test('first copies out of the order of sending are found', () => {
  assert.deepEqual(checked(1, 3, 2).violations, ['event 2 of pump-1 comes after its event 3']);
});

test('a copy that the device did not send is found', () => {
  assert.deepEqual(checked(1, 2, 2, 3).violations, ['event 2 of pump-1: copy 2 of 1 sendings']);
  assert.deepEqual(checked(1, 2, 3, 3, 3).violations, ['event 3 of pump-1: copy 3 of 2 sendings']);
});

test('an event that nobody sent, or whose payload has changed, is found', () => {
  const violations = ['sequence 4 holds what pump-1 never sent'];
  for (const stranger of [5, 'x', eventText('pump-2', 1, BYTES), eventText('pump-1', 4, BYTES - 1)]) {
    assert.deepEqual(checked(1, 2, 3, stranger).violations, violations);
  }
  const check = new EventCheck(new Map(), BYTES);
  check.saw({ sequence: 1, device: 'pump-2', text: eventText('pump-2', 1, BYTES) });
  assert.deepEqual(check.result().violations, ['sequence 1 holds what pump-2 never sent']);
});

test('a sequence that is given twice is found', () => {
  const check = new EventCheck(new Map([['pump-1', pump()]]), BYTES);
  for (const number of [1, 2, 3])
    check.saw({ sequence: 7, device: 'pump-1', text: eventText('pump-1', number, BYTES) });
  assert.equal(check.result().violations.length, 2);
});
