import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MkiotError } from '../errors/mkiotError.ts';
import { ApiCaller, type ApiFetchInit, apiPath } from './clientCaller.ts';

/** A caller whose server gives `answers` in turn, and the requests that it was sent. */
function callerOf(...answers: readonly Response[]) {
  const requests: (ApiFetchInit & { path: string })[] = [];
  const caller = new ApiCaller(async (path, init) => {
    requests.push({ path, ...init });
    return answers[requests.length - 1] ?? Response.json({});
  }, 'mkiot_token');
  return { caller, requests };
}

test('a call carries its token, its query and its body as JSON', async () => {
  const { caller, requests } = callerOf(Response.json({ id: 'pump-1' }));
  const query = { updateMask: 'blocked,log_level', ids: ['a b', 'c&d'], absent: undefined };
  assert.deepEqual(await caller.call('PATCH', '/v1/x', { query, body: { blocked: true } }), { id: 'pump-1' });
  assert.deepEqual(requests[0], {
    path: '/v1/x?updateMask=blocked%2Clog_level&ids=a+b&ids=c%26d',
    method: 'PATCH',
    headers: { accept: 'application/json', authorization: 'Bearer mkiot_token', 'content-type': 'application/json' },
    body: '{"blocked":true}',
  });
});

test('an id with percent and plus signs is encoded once', () => {
  assert.equal(apiPath('projects/p/devices/a%2Bb+c', 'verb'), '/v1/projects/p/devices/a%252Bb%2Bc:verb');
});

test('a list follows the page tokens to the end', async () => {
  const { caller, requests } = callerOf(
    Response.json({ devices: [{ id: 'a' }, { id: 'b' }], nextPageToken: 'n 2' }),
    Response.json({ nextPageToken: 'n3' }),
    Response.json({ devices: [{ id: 'c' }], nextPageToken: '' }),
  );
  assert.deepEqual(await collect(caller.pages('/v1/devices', 'devices')), [{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  assert.deepEqual(
    requests.map(({ path }) => path),
    ['/v1/devices', '/v1/devices?pageToken=n+2', '/v1/devices?pageToken=n3'],
  );
});

test('leaving a list early asks for no further page', async () => {
  const { caller, requests } = callerOf(Response.json({ devices: [1, 2], nextPageToken: 'n' }));
  for await (const _device of caller.pages('/v1/devices', 'devices')) break;
  assert.equal(requests.length, 1);
});

test('a problem response becomes an error with the code of the server', async () => {
  const body = {
    error: {
      code: 404,
      message: 'There is no device pump-9.',
      status: 'NOT_FOUND',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'DEVICE_NOT_FOUND', domain: 'mkiot' }],
    },
  };
  const { caller } = callerOf(Response.json(body, { status: 404 }));
  await assert.rejects(caller.call('GET', '/v1/x'), (error) => {
    assert.ok(error instanceof MkiotError);
    assert.deepEqual([error.code, error.status, error.blame], ['DEVICE_NOT_FOUND', 'NOT_FOUND', 'caller']);
    assert.equal(error.message, 'There is no device pump-9.');
    return true;
  });
});

for (const [what, response] of [
  ['a page of a proxy', new Response('<html>502</html>', { status: 502 })],
  ['JSON that is no object', Response.json(null)],
  ['an error of another kind', Response.json({ error: 'no' }, { status: 500 })],
  [
    'an error with an unknown status',
    Response.json({ error: { message: 'm', status: 'NO', details: [{ reason: 'R' }] } }, { status: 500 }),
  ],
  ['an empty answer', new Response('')],
] as const) {
  test(`${what} is told apart from an answer of MkIoT`, async () => {
    const { caller } = callerOf(response);
    await assert.rejects(caller.call('GET', '/v1/x'), { code: 'SERVER_ANSWER_MALFORMED', message: /GET \/v1\/x/ });
  });
}

test('a server that does not answer is an error with the reason, and an interruption is none of its faults', async () => {
  const broken = new TypeError('fetch failed');
  const caller = new ApiCaller(() => Promise.reject(broken));
  await assert.rejects(caller.call('GET', '/v1/x'), { code: 'SERVER_UNREACHABLE', cause: broken });
  const reason = new Error('enough');
  await assert.rejects(caller.call('GET', '/v1/x', { signal: AbortSignal.abort(reason) }), reason);
});

test('a stream yields values until it ends', async () => {
  const { caller } = callerOf(new Response('{"n":1}\n\n{"n":2}\n'));
  assert.deepEqual(await collect(caller.stream('GET', '/v1/events:tail')), [{ n: 1 }, { n: 2 }]);
});

test('a stream that is interrupted ends with the reason of the interruption', async () => {
  const interruption = new AbortController();
  const { caller } = callerOf(
    new Response(
      new ReadableStream({
        pull(controller) {
          interruption.abort(new Error('enough'));
          controller.error(new Error('aborted'));
        },
      }),
    ),
  );
  const options = { signal: interruption.signal };
  await assert.rejects(collect(caller.stream('GET', '/v1/events:tail', options)), { message: 'enough' });
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
