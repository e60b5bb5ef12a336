import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { CHALLENGE_BYTES, CHALLENGE_LIFETIME_MS } from '@mkiot/core/deviceLogin/challenge';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { randomFill } from '../../runtime/nodeCrypto.ts';
import { Challenges } from './challenges.ts';

const PUMP = 'projects/p/locations/l/registries/r/devices/pump-1';

function challengeBench(usedKept?: number) {
  const clock = new VirtualClock(Date.UTC(2026, 10, 22));
  return { clock, challenges: new Challenges(clock, randomFill, usedKept) };
}

test('a challenge is good for the client id that it was made for, whatever that is', () => {
  const { challenges } = challengeBench();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (clientId, other) => {
      const challenge = challenges.issue(clientId);
      assert.equal(challenge.length, CHALLENGE_BYTES);
      assert.equal(challenges.refusal(challenge, clientId), undefined);
      if (other !== clientId) assert.equal(challenges.refusal(challenge, other)?.code, 'CHALLENGE_FOREIGN');
    }),
  );
});

test('a challenge of which one bit was changed is nobody’s', () => {
  const { challenges } = challengeBench();
  const challenge = challenges.issue(PUMP);
  for (let bit = 0; bit < challenge.length * 8; bit++) {
    const changed = Uint8Array.from(challenge);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(challenges.refusal(changed, PUMP)?.code, 'CHALLENGE_FOREIGN');
  }
});

test('any bytes are refused, and none throws', () => {
  const { challenges } = challengeBench();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const code = challenges.use(bytes, PUMP)?.code;
      assert.equal(code, bytes.length === CHALLENGE_BYTES ? 'CHALLENGE_FOREIGN' : 'CHALLENGE_MALFORMED');
    }),
  );
});

test('a challenge can be answered for a minute', () => {
  const { clock, challenges } = challengeBench();
  const challenge = challenges.issue(PUMP);
  clock.advance(CHALLENGE_LIFETIME_MS - 1);
  assert.equal(challenges.refusal(challenge, PUMP), undefined);
  clock.advance(1);
  assert.equal(challenges.refusal(challenge, PUMP)?.code, 'CHALLENGE_EXPIRED');
});

test('a challenge that has expired does not come alive when the wall clock is set back, and none dies when it is set ahead', () => {
  const { clock, challenges } = challengeBench();
  const early = challenges.issue(PUMP);
  assert.equal(challenges.use(early, PUMP), undefined);
  clock.advance(CHALLENGE_LIFETIME_MS);
  const late = challenges.issue(PUMP);
  for (const nowMs of [clock.now() - CHALLENGE_LIFETIME_MS, 0, clock.now() + 86_400_000]) {
    clock.setWallClock(nowMs);
    assert.equal(challenges.refusal(early, PUMP)?.code, 'CHALLENGE_EXPIRED');
    assert.equal(challenges.refusal(late, PUMP), undefined);
  }
});

test('a challenge is used once', () => {
  const { challenges } = challengeBench();
  const challenge = challenges.issue(PUMP);
  assert.equal(challenges.use(challenge, PUMP), undefined);
  assert.equal(challenges.use(challenge, PUMP)?.code, 'CHALLENGE_USED');
  assert.equal(challenges.refusal(challenge, PUMP)?.code, 'CHALLENGE_USED');
});

test('a start makes the challenges of the one before worthless', () => {
  const { clock, challenges } = challengeBench();
  const challenge = challenges.issue(PUMP);
  assert.equal(new Challenges(clock, randomFill).refusal(challenge, PUMP)?.code, 'CHALLENGE_FOREIGN');
});

test('of more used challenges than can be remembered none can be used again', () => {
  const { clock, challenges } = challengeBench(100);
  const made = Array.from({ length: 1_000 }, () => {
    clock.advance(10);
    return challenges.issue(PUMP);
  });
  for (const challenge of made) assert.equal(challenges.use(challenge, PUMP), undefined);
  for (const challenge of made) assert.equal(challenges.use(challenge, PUMP)?.code, 'CHALLENGE_USED');
  clock.advance(10);
  assert.equal(challenges.use(challenges.issue(PUMP), PUMP), undefined, 'a new one still can be');
});

test('used challenges are forgotten when they have expired', () => {
  const { clock, challenges } = challengeBench(2);
  for (let round = 0; round < 5; round++) {
    const unused = challenges.issue(PUMP);
    for (let use = 0; use < 2; use++) assert.equal(challenges.use(challenges.issue(PUMP), PUMP), undefined);
    assert.equal(challenges.refusal(unused, PUMP), undefined, 'nothing was forgotten too early');
    clock.advance(CHALLENGE_LIFETIME_MS);
  }
});
