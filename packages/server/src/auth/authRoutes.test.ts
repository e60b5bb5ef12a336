import type { ProblemResponse } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditTrailRoutes } from '../auditTrail/routes.ts';
import type { Api } from '../http/createApi.ts';
import { createApi } from '../http/createApi.ts';
import { DeviceActivities } from '../registry/activity.ts';
import { deviceRoutes } from '../registry/deviceRoutes.ts';
import { NO_PRESENCES, registryBench } from '../registry/registry.testing.ts';
import { registryRoutes } from '../registry/registryRoutes.ts';
import { type AuthBench, authBench, PLACE } from './auth.testing.ts';
import { setupRoutes, tokenRoutes } from './authRoutes.ts';
import { localAdmin } from './callers.ts';
import { testRoutePermissions } from './routePermissions.testing.ts';

const DEFAULTS = { ...PLACE, registry: 'default' };
const TOKENS = `/v1/projects/${PLACE.project}/tokens`;
const AUDIT_TRAIL = `/v1/projects/${PLACE.project}/auditTrail`;

function routesOf({ tokens, setup, parts }: AuthBench) {
  return [
    ...tokenRoutes(tokens, DEFAULTS),
    ...setupRoutes(setup),
    ...auditTrailRoutes(parts.auditTrail, PLACE.project),
  ];
}

await using authSlice = await authBench();
await using registrySlice = await registryBench();
const { registries, devices, database, clock } = registrySlice;
const activities = new DeviceActivities(database, clock, assert.ifError);
testRoutePermissions([
  ...routesOf(authSlice),
  ...registryRoutes(registries),
  ...deviceRoutes({ devices, activities, presences: NO_PRESENCES, enrich: async () => ({}) }),
]);

function apiOf(bench: AuthBench): Api {
  return createApi(routesOf(bench), {
    authenticate: (headers, remoteAddress) => bench.tokens.authenticate(headers, remoteAddress),
    logger: { error: (entry: unknown) => assert.fail(JSON.stringify(entry)) },
    randomFill: bench.parts.randomFill,
    version: '0',
    health: () => [],
  });
}

/** Sends a call with a token, or as the local administrator where there is none. */
async function send(api: Api, call: string, { token, body }: { token?: string; body?: object } = {}) {
  const [method = '', path = ''] = call.split(' ');
  const init = {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const caller = token === undefined ? localAdmin('root') : undefined;
  const response = await api.request(path, init, { remoteAddress: '192.0.2.1', caller });
  const answer = (await response.json()) as Record<string, unknown> & ProblemResponse;
  return { status: response.status, answer, reason: answer.error?.details[0]?.['reason'] };
}

test('a token is made, used, listed without its secret, and revoked at once', async () => {
  await using bench = await authBench();
  const api = apiOf(bench);
  const expireTime = new Date(bench.parts.clock.now() + 86_400_000).toISOString();
  const body = { name: 'pump team', role: 'viewer', expire_time: expireTime };
  const { status, answer } = await send(api, `POST ${TOKENS}`, { body });
  assert.equal(status, 200);
  const { token, id } = answer as unknown as { token: string; id: string };
  assert.deepEqual(answer, {
    id,
    name: 'pump team',
    role: 'viewer',
    createTime: '2026-11-22T00:00:00.000Z',
    expireTime,
    token,
  });

  const whoami = await send(api, 'GET /v1/whoami', { token });
  assert.equal(whoami.answer['principal'], `token:${id} (pump team)`);
  assert.equal(whoami.answer['registry'], 'default');
  assert.ok((whoami.answer['permissions'] as string[]).includes('cloudiot.devices.get'));
  assert.ok(!(whoami.answer['permissions'] as string[]).includes('mkiot.tokens.manage'));

  const listed = await send(api, `GET ${TOKENS}`);
  assert.deepEqual(listed.answer['tokens'], [
    {
      id,
      name: 'pump team',
      role: 'viewer',
      createTime: answer['createTime'],
      expireTime,
      lastUsedTime: answer['createTime'],
    },
  ]);
  assert.equal((await send(api, `DELETE ${TOKENS}/${id}`)).status, 200);
  assert.equal((await send(api, 'GET /v1/whoami', { token })).reason, 'TOKEN_REFUSED');
  assert.equal((await send(api, `DELETE ${TOKENS}/${id}`)).reason, 'TOKEN_NOT_FOUND');
});

for (const [what, body, reason] of [
  ['no name', { role: 'viewer' }, 'REQUEST_INVALID'],
  ['an unknown role', { name: 'x', role: 'root' }, 'REQUEST_INVALID'],
  ['an unknown member', { name: 'x', role: 'viewer', secret: 'mine' }, 'REQUEST_INVALID'],
  ['an end in the past', { name: 'x', role: 'viewer', expireTime: '2020-01-01T00:00:00Z' }, 'TOKEN_EXPIRY_PAST'],
] as const) {
  test(`a token with ${what} is refused by ${reason}`, async () => {
    await using bench = await authBench();
    const { status, reason: found } = await send(apiOf(bench), `POST ${TOKENS}`, { body });
    assert.deepEqual([status, found], [400, reason]);
  });
}

test("another project's name is refused", async () => {
  await using bench = await authBench();
  for (const call of ['GET /v1/projects/mkiot-other1/tokens', 'GET /v1/projects/mkiot-other1/auditTrail:head']) {
    assert.equal((await send(apiOf(bench), call)).reason, 'REQUEST_INVALID');
  }
});

test('the set-up code is traded without a token, once', async () => {
  await using bench = await authBench();
  const api = apiOf(bench);
  const issued = await send(api, 'POST /v1/setup:issue');
  assert.equal(issued.answer['expireTime'], '2026-11-22T01:00:00.000Z');
  const exchange = async (code: unknown) => send(api, 'POST /v1/setup:exchange', { body: { code } });
  assert.equal((await exchange('guess')).reason, 'SETUP_CODE_REFUSED');
  const { status, answer } = await exchange(issued.answer['code']);
  assert.deepEqual([status, answer['role']], [200, 'admin']);
  assert.equal((await send(api, `GET ${TOKENS}`, { token: String(answer['token']) })).status, 200);
  assert.equal((await exchange(issued.answer['code'])).status, 401);
  for (let guess = 0; guess < 8; guess++) await exchange('guess');
  assert.deepEqual(
    [(await exchange('guess')).status, (await exchange('guess')).reason],
    [429, 'SETUP_ATTEMPTS_EXCEEDED'],
  );
});

test('the audit trail is listed in pages, its head is told and verified', async () => {
  await using bench = await authBench();
  const api = apiOf(bench);
  for (let index = 0; index < 5; index++) await bench.tokenOf('viewer');
  const first = await send(api, `GET ${AUDIT_TRAIL}?pageSize=3`);
  const second = await send(api, `GET ${AUDIT_TRAIL}?pageSize=3&pageToken=${String(first.answer['nextPageToken'])}`);
  const entries = [first, second].flatMap(({ answer }) => answer['entries'] as { sequence: string; after: object }[]);
  assert.deepEqual(
    entries.map((entry) => entry.sequence),
    ['5', '4', '3', '2', '1'],
  );
  assert.deepEqual(entries[0]?.after, { name: 'viewer', role: 'viewer' });
  assert.equal(second.answer['nextPageToken'], undefined);
  assert.equal((await send(api, `GET ${AUDIT_TRAIL}?pageToken=x`)).reason, 'AUDIT_PAGE_TOKEN_MALFORMED');

  const { head } = (await send(api, `GET ${AUDIT_TRAIL}:head`)).answer;
  const verified = await send(api, `POST ${AUDIT_TRAIL}:verify`, { body: { expectedHead: head } });
  assert.deepEqual(verified.answer, { intactEntries: '5', head });
  const forged = await send(api, `POST ${AUDIT_TRAIL}:verify`, { body: { expectedHead: `9:${'0'.repeat(64)}` } });
  assert.deepEqual(forged.answer['fault'], { kind: 'CUT_OFF', sequence: '6' });
  const malformed = await send(api, `POST ${AUDIT_TRAIL}:verify`, { body: { expectedHead: 'x' } });
  assert.equal(malformed.reason, 'AUDIT_HEAD_MALFORMED');
});
