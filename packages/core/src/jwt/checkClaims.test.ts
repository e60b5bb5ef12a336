import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkAudience, checkClaims, type ClaimRules } from './checkClaims.ts';
import type { JwtErrorCode } from './jwtErrors.ts';

const NOW_S = 1_767_225_600;
const RULES: ClaimRules = {
  audience: 'mkiot-abc123',
  nowMs: NOW_S * 1000,
  skewMs: 600_000,
  maxLifetimeMs: 86_400_000,
};
const DAY = 86_400;
const SKEW = 600;

// Seconds of iat and exp relative to now, on both sides of every edge.
const CASES: readonly (readonly [string, number, number, JwtErrorCode | undefined])[] = [
  ['an hour from now', 0, 3600, undefined],
  ['issued at the edge of the skew', SKEW, 3600, undefined],
  ['issued one second beyond the skew', SKEW + 1, 3600, 'JWT_NOT_YET_VALID'],
  ['expired, but within the skew', -3600, -SKEW + 1, undefined],
  ['expired exactly the skew ago', -3600, -SKEW, 'JWT_EXPIRED'],
  ['living a day', 0, DAY, undefined],
  ['living a day and the skew', 0, DAY + SKEW, undefined],
  ['living a day and the skew and a second', 0, DAY + SKEW + 1, 'JWT_LIFETIME_TOO_LONG'],
  ['expiring when it was issued', 0, 0, undefined],
  ['expiring before it was issued', 1, 0, 'JWT_EXPIRES_BEFORE_ISSUED'],
  ['from a clock that stands in 1970', -NOW_S + 60, -NOW_S + 3660, 'JWT_EXPIRED'],
  ['from a clock a year ahead', 365 * DAY, 365 * DAY + 3600, 'JWT_NOT_YET_VALID'],
];
for (const [name, iat, exp, expected] of CASES) {
  test(`a token ${name} is ${expected ?? 'taken'}`, () => {
    const claims = { aud: 'mkiot-abc123', iat: NOW_S + iat, exp: NOW_S + exp };
    assert.equal(checkClaims(claims, RULES)?.code, expected);
  });
}

for (const aud of ['', 'mkiot-abc12', 'mkiot-abc1234', 'MKIOT-ABC123', 'other-project']) {
  test(`the audience "${aud}" is refused`, () => {
    assert.equal(checkClaims({ aud, iat: NOW_S, exp: NOW_S + 60 }, RULES)?.code, 'JWT_WRONG_AUDIENCE');
    const nonce = 'AAECAwQFBgcICQoLDA0ODw';
    assert.equal(checkAudience({ aud, nonce }, RULES.audience)?.code, 'JWT_WRONG_AUDIENCE');
    assert.equal(checkAudience({ aud: RULES.audience, nonce }, RULES.audience), undefined);
  });
}

test('a shorter lifetime of the registry is kept to', () => {
  const rules = { ...RULES, maxLifetimeMs: 3_600_000 };
  const claims = (exp: number) => ({ aud: 'mkiot-abc123', iat: NOW_S, exp: NOW_S + exp });
  assert.equal(checkClaims(claims(3600), rules), undefined);
  assert.equal(checkClaims(claims(3600 + SKEW + 1), rules)?.code, 'JWT_LIFETIME_TOO_LONG');
});

test('the operator is told by how much a clock is wrong', () => {
  const late = checkClaims({ aud: 'mkiot-abc123', iat: NOW_S - 7200, exp: NOW_S - 3600 }, RULES);
  assert.match(late?.message ?? '', /expired 3600 s ago; 600 s/);
  const early = checkClaims({ aud: 'mkiot-abc123', iat: NOW_S + 3600, exp: NOW_S + 7200 }, RULES);
  assert.match(early?.message ?? '', /3600 s in the future/);
});

test('what is taken ends in the future, and lives no longer than allowed', () => {
  const seconds = fc.integer({ min: -2 * DAY, max: 2 * DAY });
  fc.assert(
    fc.property(seconds, seconds, (iat, exp) => {
      const refused = checkClaims({ aud: 'mkiot-abc123', iat: NOW_S + iat, exp: NOW_S + exp }, RULES) !== undefined;
      const allowed = iat <= SKEW && exp + SKEW > 0 && exp >= iat && exp - iat <= DAY + SKEW;
      assert.equal(refused, !allowed);
    }),
  );
});
