import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { decodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { pino } from 'pino';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApi } from '../../http/createApi.ts';
import { randomFill } from '../../runtime/nodeCrypto.ts';
import { Challenges } from './challenges.ts';
import { nonceRoutes } from './nonceRoutes.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

function routesBench() {
  const clock = new VirtualClock(NOON);
  const challenges = new Challenges(clock, randomFill);
  const api = createApi(nonceRoutes(challenges, clock), {
    authenticate: () => assert.fail('nobody has to say who they are'),
    logger: pino({ level: 'silent' }),
    randomFill,
    version: '0.0.0',
    health: () => [],
  });
  const send = async (method: string, path: string, body?: unknown) => {
    const json = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const request = new Request(`https://localhost${path}`, { method, ...(body === undefined ? {} : json) });
    const response = await api.fetch(request, { remoteAddress: '192.0.2.7' });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  };
  return { challenges, send };
}

test('whoever asks gets a challenge for the client id that he names, and the time', async () => {
  const { challenges, send } = routesBench();
  const { status, answer } = await send('POST', '/v1/challenge', { clientId: 'anybody' });
  assert.equal(status, 200);
  assert.equal(answer['serverTimeMs'], NOON);
  const nonce = decodeNonce(String(answer['challenge']));
  assert.ok(!(nonce instanceof MkiotError));
  assert.equal(challenges.refusal(nonce.bytes, 'anybody'), undefined);
  assert.equal(challenges.refusal(nonce.bytes, 'somebody')?.code, 'CHALLENGE_FOREIGN');
});

for (const body of [
  {},
  { clientId: '' },
  { clientId: 7 },
  { clientId: 'x'.repeat(1_201) },
  { clientId: 'x', key: 1 },
  [],
]) {
  test(`a request for a challenge with ${JSON.stringify(body).slice(0, 40)} is refused`, async () => {
    const { status, answer } = await routesBench().send('POST', '/v1/challenge', body);
    assert.equal(status, 400);
    assert.equal('challenge' in answer, false);
  });
}

test('the time is told to everybody', async () => {
  assert.deepEqual(await routesBench().send('GET', '/v1/time'), { status: 200, answer: { serverTimeMs: NOON } });
});
