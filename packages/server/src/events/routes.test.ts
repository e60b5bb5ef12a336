import type { Permission } from '@mkiot/core/contract/permissions';
import { ROLES, type Role } from '@mkiot/core/contract/permissions';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../http/apiRoute.ts';
import { createApi } from '../http/createApi.ts';
import { appendAll, NOON } from './appended.testing.ts';
import { ADMIN, EventsBench } from './events.testing.ts';
import { eventsRoutes } from './routes.ts';

const PROJECT = 'mkiot-test';
const SUBSCRIPTIONS = `/v1/projects/${PROJECT}/subscriptions`;
const BILLING = `${SUBSCRIPTIONS}/billing`;
const TAIL = `/v1/projects/${PROJECT}/locations/local/events:tail`;

function callerWith(permissions: readonly Permission[]): Caller {
  return { principal: ADMIN, allows: (permission) => permissions.includes(permission) };
}

type Method = 'GET' | 'POST' | 'DELETE';

/** Calls the API of the bench. */
function apiOf(bench: EventsBench, caller: Caller = callerWith(ROLES.admin)) {
  const { subscriptions, log, clock } = bench;
  const api = createApi(eventsRoutes({ subscriptions, log, clock, project: PROJECT }), {
    authenticate: async () => caller,
    logger: { error: () => assert.fail('nothing of this is our fault') },
    randomFill: (bytes) => bytes,
    version: '0.0.0',
    health: () => [],
  });
  const respond = async (method: Method, path: string, body?: object, signal?: AbortSignal): Promise<Response> => {
    const init = {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    };
    return api.request(path, init, { remoteAddress: '192.0.2.1', caller });
  };
  const call = async (method: Method, path: string, body?: object): Promise<readonly [number, unknown]> => {
    const response = await respond(method, path, body);
    return [response.status, await response.json()];
  };
  return { call, respond };
}

const billing = {
  id: 'billing',
  name: 'projects/mkiot-test/subscriptions/billing',
  registry: 'default',
  ackDeadlineSeconds: 20,
  hold: true,
  createTime: '2026-11-22T12:00:00.000Z',
  missedEvents: '0',
};

test('a subscription is made, got, listed and deleted', async () => {
  await using bench = await EventsBench.open();
  const { call } = apiOf(bench);
  const body = { id: 'billing', registry: 'default', ack_deadline_seconds: 20, hold: true };
  assert.deepEqual(await call('POST', SUBSCRIPTIONS, body), [200, billing]);
  assert.deepEqual(await call('GET', BILLING), [200, billing]);
  assert.deepEqual(await call('GET', SUBSCRIPTIONS), [200, { subscriptions: [billing] }]);
  assert.deepEqual(await call('DELETE', BILLING), [200, {}]);
  assert.deepEqual(await call('GET', SUBSCRIPTIONS), [200, { subscriptions: [] }]);
});

test('lists come in pages', async () => {
  await using bench = await EventsBench.open();
  const { call } = apiOf(bench);
  for (const id of ['aaa', 'bbb', 'ccc']) await call('POST', SUBSCRIPTIONS, { id });
  const [, first] = await call('GET', `${SUBSCRIPTIONS}?pageSize=2`);
  assert.partialDeepStrictEqual(first, { subscriptions: [{ id: 'aaa' }, { id: 'bbb' }] });
  const { nextPageToken } = first as { nextPageToken: string };
  const [, second] = await call('GET', `${SUBSCRIPTIONS}?pageSize=2&pageToken=${nextPageToken}`);
  assert.partialDeepStrictEqual(second, { subscriptions: [{ id: 'ccc' }] });
});

test('events are pulled as Pub/Sub messages, acknowledged, and then gone', async () => {
  await using bench = await EventsBench.open();
  const { call } = apiOf(bench);
  await call('POST', SUBSCRIPTIONS, { id: 'billing' });
  await appendAll(bench.log, ['a', 'b']);
  const [status, pulled] = await call('POST', `${BILLING}:pull`, { maxMessages: 1 });
  const attributes = {
    deviceId: 'pump-1',
    deviceNumId: '4711',
    deviceRegistryId: 'default',
    deviceRegistryLocation: 'local',
    projectId: PROJECT,
    subFolder: '',
  };
  const message = { data: 'YQ==', attributes, messageId: '1', publishTime: '2026-11-22T12:00:00.000Z' };
  const { receivedMessages } = pulled as { receivedMessages: { ackId: string }[] };
  const ackIds = receivedMessages.map(({ ackId }) => ackId);
  assert.deepEqual([status, pulled], [200, { receivedMessages: [{ ackId: ackIds[0], message }] }]);
  assert.deepEqual(await call('POST', `${BILLING}:acknowledge`, { ackIds }), [200, {}]);
  bench.clock.advance(10_000);
  const [, rest] = await call('POST', `${BILLING}:pull`, { maxMessages: '100', returnImmediately: true });
  assert.partialDeepStrictEqual(rest, { receivedMessages: [{ message: { messageId: '2' } }] });
  const [, nothing] = await call('POST', `${BILLING}:pull`, { max_messages: 100, return_immediately: true });
  assert.deepEqual(nothing, { receivedMessages: [] });
});

test('a pull waits five seconds for the first event', async () => {
  await using bench = await EventsBench.open();
  const { call } = apiOf(bench);
  await call('POST', SUBSCRIPTIONS, { id: 'billing' });
  let isAnswered = false;
  const pulling = call('POST', `${BILLING}:pull`, { maxMessages: 1 }).finally(() => (isAnswered = true));
  await bench.clock.advanceAsync(4_999);
  assert.equal(isAnswered, false);
  await bench.clock.advanceAsync(1);
  assert.deepEqual(await pulling, [200, { receivedMessages: [] }]);
});

test('a pull tells how many events were missed', async () => {
  await using bench = await EventsBench.open();
  const { call } = apiOf(bench);
  await call('POST', SUBSCRIPTIONS, { id: 'billing' });
  await appendAll(bench.log, ['a', 'b']);
  await appendAll(bench.log, ['c'], NOON + 86_400_000);
  await bench.log.removeOldestSegment();
  const [, pulled] = await call('POST', `${BILLING}:pull`, { maxMessages: 1 });
  assert.partialDeepStrictEqual(pulled, { receivedMessages: [{ message: { messageId: '3' } }], missedEvents: '2' });
  assert.partialDeepStrictEqual(await call('GET', BILLING), [200, { missedEvents: '2' }]);
});

test('the tail streams events as lines of JSON, narrowed by registry and device', async () => {
  await using bench = await EventsBench.open();
  const { respond } = apiOf(bench);
  const gone = new AbortController();
  const response = await respond('GET', `${TAIL}?registry=default&device=4711`, undefined, gone.signal);
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/x-ndjson']);
  const reader = response.body?.getReader();
  await appendAll(bench.log, ['a']);
  const { value } = (await reader?.read()) ?? {};
  const text = Buffer.from(value ?? []).toString();
  assert.ok(text.endsWith('\n'));
  assert.partialDeepStrictEqual(JSON.parse(text), { data: 'YQ==', messageId: '1' });
  const last = reader?.read();
  gone.abort();
  assert.equal((await last)?.done, true);
});

test('the tail of another location shows nothing', async () => {
  await using bench = await EventsBench.open();
  const { respond } = apiOf(bench);
  const response = await respond('GET', TAIL.replace('local', 'elsewhere'));
  const reader = response.body?.getReader();
  await appendAll(bench.log, ['a']);
  const reading = reader?.read();
  await bench.clock.advanceAsync(15_050);
  assert.equal(Buffer.from((await reading)?.value ?? []).toString(), '\n');
  await reader?.cancel();
});

// Beside the subscription "billing".
const REFUSED: readonly (readonly [Method, string, object | undefined, number, string])[] = [
  ['POST', SUBSCRIPTIONS, { id: 'billing' }, 409, 'ALREADY_EXISTS'],
  ['POST', SUBSCRIPTIONS, {}, 400, 'INVALID_ARGUMENT'],
  ['POST', SUBSCRIPTIONS, { id: 'goog-tap' }, 400, 'INVALID_ARGUMENT'],
  ['POST', SUBSCRIPTIONS, { id: 'tap', ackDeadlineSeconds: 9 }, 400, 'INVALID_ARGUMENT'],
  ['POST', SUBSCRIPTIONS, { id: 'tap', ackDeadlineSeconds: 601 }, 400, 'INVALID_ARGUMENT'],
  ['POST', SUBSCRIPTIONS, { id: 'tap', registry: 'a/b' }, 400, 'INVALID_ARGUMENT'],
  ['POST', SUBSCRIPTIONS, { id: 'tap', device: 'pump-1' }, 400, 'INVALID_ARGUMENT'],
  ['POST', SUBSCRIPTIONS, { id: 'tap', topic: 'x' }, 400, 'INVALID_ARGUMENT'],
  ['POST', '/v1/projects/other-project/subscriptions', { id: 'tap' }, 400, 'INVALID_ARGUMENT'],
  ['GET', `${SUBSCRIPTIONS}?pageToken=!`, undefined, 400, 'INVALID_ARGUMENT'],
  ['GET', `${SUBSCRIPTIONS}/tap`, undefined, 404, 'NOT_FOUND'],
  ['DELETE', `${SUBSCRIPTIONS}/tap`, undefined, 404, 'NOT_FOUND'],
  ['POST', `${SUBSCRIPTIONS}/tap:pull`, { maxMessages: 1 }, 404, 'NOT_FOUND'],
  ['POST', `${BILLING}:pull`, {}, 400, 'INVALID_ARGUMENT'],
  ['POST', `${BILLING}:pull`, { maxMessages: 0 }, 400, 'INVALID_ARGUMENT'],
  ['POST', `${BILLING}:pull`, { maxMessages: 1_001 }, 400, 'INVALID_ARGUMENT'],
  ['POST', `${SUBSCRIPTIONS}/tap:acknowledge`, { ackIds: ['x'] }, 404, 'NOT_FOUND'],
  ['POST', `${BILLING}:acknowledge`, { ackIds: [] }, 400, 'INVALID_ARGUMENT'],
  ['POST', `${BILLING}:acknowledge`, { ackIds: ['x'] }, 400, 'INVALID_ARGUMENT'],
  ['POST', `${BILLING}:acknowledge`, { ackIds: [1] }, 400, 'INVALID_ARGUMENT'],
  ['GET', `${TAIL}?topic=x`, undefined, 400, 'INVALID_ARGUMENT'],
];
for (const [method, path, body, code, status] of REFUSED) {
  test(`${method} ${path.slice(3)}${body === undefined ? '' : ` with ${JSON.stringify(body)}`} is ${status}`, async () => {
    await using bench = await EventsBench.open();
    const { call } = apiOf(bench);
    await call('POST', SUBSCRIPTIONS, { id: 'billing' });
    const [http, answer] = await call(method, path, body);
    assert.partialDeepStrictEqual([http, answer], [code, { error: { code, status } }]);
  });
}

const CALLS: readonly (readonly [Method, string, object | undefined, readonly Role[]])[] = [
  ['GET', TAIL, undefined, ['viewer', 'deviceController', 'provisioner', 'editor', 'admin']],
  ['GET', SUBSCRIPTIONS, undefined, ['viewer', 'deviceController', 'provisioner', 'editor', 'admin']],
  ['GET', BILLING, undefined, ['viewer', 'deviceController', 'provisioner', 'editor', 'admin']],
  ['POST', SUBSCRIPTIONS, { id: 'tap' }, ['editor', 'admin']],
  ['POST', `${BILLING}:pull`, { maxMessages: 1, returnImmediately: true }, ['editor', 'admin']],
  ['POST', `${BILLING}:acknowledge`, { ackIds: ['x'] }, ['editor', 'admin']],
  ['DELETE', BILLING, undefined, ['editor', 'admin']],
];
for (const [method, path, body, allowed] of CALLS) {
  test(`${method} ${path.slice(3)} is for ${allowed.join(', ')}`, async () => {
    for (const role of Object.keys(ROLES) as Role[]) {
      await using bench = await EventsBench.open();
      await apiOf(bench).call('POST', SUBSCRIPTIONS, { id: 'billing' });
      const response = await apiOf(bench, callerWith(ROLES[role])).respond(method, path, body);
      assert.equal(response.status === 403, !allowed.includes(role), `${role}: ${response.status}`);
      await response.body?.cancel();
    }
  });
}
