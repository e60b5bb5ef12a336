import { base64Encode, base64UrlEncode } from '@mkiot/core/bytes/base64';
import type { ProblemResponse } from '@mkiot/core/api/resources';
import type { Status } from '@mkiot/core/errors/status';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { DEVICE_PATH, HttpBridgeBench } from './httpBridge.testing.ts';

async function problem(response: Response): Promise<{ status: number; reason: unknown; text: string }> {
  const text = await response.text();
  const { error } = JSON.parse(text) as ProblemResponse;
  assert.equal(error.code, response.status);
  return { status: response.status, reason: error.details[0]?.['reason'], text };
}

// Bodies as Google's samples (snake_case) and its generated clients (camelCase) send them.
const PUBLISHED: readonly [body: object, subfolder: string, text: string][] = [
  [{ sub_folder: 'events', binary_data: 'cHVtcC0xL2E=' }, 'events', 'pump-1/a'],
  [{ subFolder: 'water/level', binaryData: 'Mw==' }, 'water/level', '3'],
  [{ binary_data: 'Mw' }, '', '3'],
  [{ binaryData: '-_-_' }, '', Buffer.from([0xfb, 0xff, 0xbf]).toString()],
  [{ binaryData: '', subFolder: '' }, '', ''],
  [{ binaryData: null }, '', ''],
  [{}, '', ''],
];
for (const [body, subfolder, text] of PUBLISHED) {
  test(`publishEvent takes ${JSON.stringify(body)}`, async () => {
    const bench = new HttpBridgeBench();
    const response = await bench.call(':publishEvent', { body });
    assert.deepEqual([response.status, await response.json()], [200, {}]);
    assert.deepEqual(bench.published, [{ kind: 'events', subfolder, text, epoch: 0, remoteAddress: '192.0.2.7' }]);
  });
}

test('every payload arrives as it was, in each spelling of base64', async () => {
  const bench = new HttpBridgeBench();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (payload) => {
      for (const binaryData of [base64Encode(payload), base64UrlEncode(payload)]) {
        assert.equal((await bench.call(':publishEvent', { body: { binaryData } })).status, 200);
        assert.equal(bench.published.pop()?.text, Buffer.from(payload).toString());
      }
    }),
    { numRuns: 30 },
  );
});

test('setState takes the state in snake_case and in camelCase', async () => {
  const bench = new HttpBridgeBench();
  for (const state of [{ binary_data: 'b24=' }, { binaryData: 'b24=' }]) {
    assert.equal((await bench.call(':setState', { body: { state } })).status, 200);
  }
  assert.partialDeepStrictEqual(bench.published, [
    { kind: 'state', text: 'on', subfolder: '' },
    { kind: 'state', text: 'on', subfolder: '' },
  ]);
});

test('an event is answered when the domain says that it is on disk, and not before', async () => {
  const bench = new HttpBridgeBench();
  const { promise: taken, resolve: take } = Promise.withResolvers<() => void>();
  bench.settle = (accept) => take(accept);
  let status: number | undefined;
  const answered = bench.call(':publishEvent', { body: {} }).then((response) => (status = response.status));
  const accept = await taken;
  await new Promise(setImmediate);
  assert.equal(status, undefined);
  accept();
  assert.equal(await answered, 200);
});

const CONFIGS: readonly [query: string, binaryData: string, sent: number][] = [
  ['', 'b24=', 1],
  ['?local_version=0', 'b24=', 1],
  ['?localVersion=4', 'b24=', 1],
  ['?local_version=5', '', 0],
  // What Google's API front end lets its clients add.
  ['?alt=json&$.xgafv=1', 'b24=', 1],
];
for (const [query, binaryData, sent] of CONFIGS) {
  test(`config${query} is answered with ${binaryData === '' ? 'its version alone' : 'the config'}`, async () => {
    const bench = new HttpBridgeBench();
    const response = await bench.call(`/config${query}`);
    const cloudUpdateTime = '2026-11-22T12:00:00.000Z';
    assert.deepEqual([response.status, await response.json()], [200, { version: '5', cloudUpdateTime, binaryData }]);
    assert.equal(bench.configsSent, sent);
  });
}

const REFUSED: readonly [what: string, body: unknown, status: number, reason: string][] = [
  [':publishEvent', { binary_data: '123' }, 400, 'REQUEST_INVALID'],
  [':publishEvent', { binary_data: 'AA\n==' }, 400, 'REQUEST_INVALID'],
  [':publishEvent', { binaryData: 7 }, 400, 'REQUEST_INVALID'],
  [':publishEvent', { binaryData: '', binary_data: '' }, 400, 'REQUEST_INVALID'],
  [':publishEvent', { subFolder: '/a' }, 400, 'SUBFOLDER_UNFIT'],
  [':publishEvent', { subFolder: 'a/#' }, 400, 'SUBFOLDER_UNFIT'],
  [':publishEvent', { subFolder: 'a'.repeat(257) }, 400, 'SUBFOLDER_UNFIT'],
  [':publishEvent', { payload: '' }, 400, 'REQUEST_INVALID'],
  [':publishEvent', '{', 400, 'BODY_NOT_JSON'],
  [':publishEvent', `{"binaryData":"${'A'.repeat(2_097_152)}"}`, 400, 'BODY_TOO_LARGE'],
  [':setState', {}, 400, 'REQUEST_INVALID'],
  [':setState', { binaryData: '' }, 400, 'REQUEST_INVALID'],
  ['/config?local_version=6', undefined, 400, 'LOCAL_VERSION_TOO_LARGE'],
  ['/config?localVersion=-1', undefined, 400, 'REQUEST_INVALID'],
  ['/config?localVersion=new', undefined, 400, 'REQUEST_INVALID'],
];
for (const [what, body, status, reason] of REFUSED) {
  test(`${what} with ${JSON.stringify(body)?.slice(0, 40)} is answered ${status} ${reason}`, async () => {
    const bench = new HttpBridgeBench();
    assert.partialDeepStrictEqual(await problem(await bench.call(what, { body })), { status, reason });
    assert.deepEqual([bench.published, bench.configsSent], [[], 0]);
  });
}

test('what is wrong with a field is told as a BadRequest that names it and does not repeat its value', async () => {
  const bench = new HttpBridgeBench();
  const response = await bench.call(':publishEvent', { body: { binary_data: '1x3' } });
  const text = await response.text();
  const { error } = JSON.parse(text) as ProblemResponse;
  assert.equal(error.status, 'INVALID_ARGUMENT');
  assert.partialDeepStrictEqual(error.details[1], {
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: [{ field: 'binaryData', description: 'must be base64' }],
  });
  assert.doesNotMatch(text, /1x3/);
});

// Over MQTT each of these closes the connection.
const REFUSALS: readonly [
  code: string,
  status: Status | undefined,
  http: number,
  told: boolean,
  retryAfter: string | null,
][] = [
  ['EVENT_TOO_LARGE', 'INVALID_ARGUMENT', 400, true, null],
  ['STATE_TOO_OFTEN', 'RESOURCE_EXHAUSTED', 429, true, '1'],
  ['EVENT_NOT_STORED', 'UNAVAILABLE', 503, true, '10'],
  ['STATE_NOT_STORED', 'INTERNAL', 500, false, null],
  ['NO_STATUS', undefined, 500, false, null],
];
for (const [code, status, http, told, retryAfter] of REFUSALS) {
  test(`a message that the domain refuses with ${code} is answered ${http}, and the domain is told`, async () => {
    const bench = new HttpBridgeBench();
    const message = 'SERVER: No {room} in the pump.';
    const refusal = { code, by: 'SERVER', message, ...(status && { status }) } as const;
    bench.settle = (_accept, refuse) => refuse(refusal);
    const response = await bench.call(':publishEvent', { body: {} });
    assert.equal(response.headers.get('retry-after'), retryAfter);
    const { status: answered, reason, text } = await problem(response);
    assert.deepEqual([answered, reason], [http, told ? code : 'INTERNAL']);
    assert.equal(text.includes('"No {room} in the pump."'), told);
    assert.deepEqual(bench.failures, [refusal]);
  });
}

test('while too much waits for the disk an event is answered 503 and not taken', async () => {
  const bench = new HttpBridgeBench();
  bench.backPressure.saturated = true;
  const answer = await problem(await bench.call(':publishEvent', { body: {} }));
  assert.partialDeepStrictEqual(answer, { status: 503, reason: 'BRIDGE_SATURATED' });
  assert.deepEqual(bench.published, []);
});

const STRANGERS: readonly [what: string, path: string, headers: Record<string, string>][] = [
  ['no token', DEVICE_PATH, {}],
  ['an empty token', DEVICE_PATH, { authorization: 'Bearer ' }],
  ['a wrong token', DEVICE_PATH, { authorization: 'Bearer bad' }],
  ['another scheme', DEVICE_PATH, { authorization: 'Basic good' }],
  ['another device', DEVICE_PATH.replace('pump-1', 'pump-2'), { authorization: 'Bearer good' }],
  ['no possible device', DEVICE_PATH.replace('pump-1', '%20'), { authorization: 'Bearer good' }],
];
for (const [what, path, headers] of STRANGERS) {
  test(`a call with ${what} gets one answer, before its body is looked at, and the domain the reason`, async () => {
    const bench = new HttpBridgeBench();
    for (const [call, method] of [
      [':publishEvent', 'POST'],
      [':setState', 'POST'],
      ['/config', 'GET'],
    ] as const) {
      const body = method === 'POST' ? { body: '{' } : {};
      const response = await bench.request(`${path}${call}`, { method, headers, ...body });
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
      const { status, reason, text } = await problem(response);
      assert.deepEqual([status, reason], [401, 'DEVICE_REFUSED']);
      assert.doesNotMatch(text, /hush|SIGNATURE|pump/);
    }
    assert.deepEqual(bench.refusals, Array(3).fill('192.0.2.7 LOGIN_SIGNATURE_WRONG: hush'));
    assert.deepEqual([bench.published, bench.configsSent], [[], 0]);
  });
}

test('a device that was deleted while it asked for its config is a stranger', async () => {
  const bench = new HttpBridgeBench();
  bench.config = undefined;
  assert.partialDeepStrictEqual(await problem(await bench.call('/config')), { status: 401, reason: 'DEVICE_REFUSED' });
});

test('the scheme and the name of the authorization header may be in any case', async () => {
  const bench = new HttpBridgeBench();
  const response = await bench.request(`${DEVICE_PATH}/config`, { headers: { AUTHORIZATION: 'bearer good' } });
  assert.equal(response.status, 200);
});

test('the id of a device is percent-decoded once', async () => {
  const bench = new HttpBridgeBench();
  await bench.request(`${DEVICE_PATH.replace('pump-1', 'pump%252B1')}/config`, {});
  assert.match(bench.logins[0]?.clientId ?? '', /devices\/pump%2B1$/);
});

test('a body compressed with gzip is read', async () => {
  const bench = new HttpBridgeBench();
  const init = { method: 'POST', headers: { authorization: 'Bearer good', 'content-encoding': 'gzip' } };
  const body = gzipSync('{"binaryData":"Mw=="}');
  assert.equal((await bench.request(`${DEVICE_PATH}:publishEvent`, { ...init, body })).status, 200);
  assert.equal(bench.published[0]?.text, '3');
});

const GATEWAYS: readonly [what: string, body: unknown, status: number, device?: string][] = [
  [':publishEvent', { gatewayInfo: { gatewayId: 'hub-1' } }, 200, 'pump-1'],
  [':publishEvent', { gateway_info: { delegated_device_id: 'pump-2' } }, 200, 'pump-2'],
  [':publishEvent', { gatewayInfo: { gatewayId: '', delegatedDeviceId: '' } }, 200, 'pump-1'],
  [':setState', { state: {}, gatewayInfo: { delegatedDeviceId: 'pump-2' } }, 200, 'pump-2'],
  ['/config?gatewayInfo.delegatedDeviceId=pump-2', undefined, 200],
  ['/config?gateway_info.gateway_id=hub-1', undefined, 200],
  [':publishEvent', { gatewayInfo: { gatewayId: 'hub-2' } }, 403],
  [':setState', { state: {}, gatewayInfo: { delegatedDeviceId: 'pump-3' } }, 403],
  ['/config?gatewayInfo.delegatedDeviceId=pump-3', undefined, 403],
  [':publishEvent', { gatewayInfo: { gatewayId: 'hub-1', delegatedDeviceId: 'pump-2' } }, 400],
];
for (const [what, body, status, device] of GATEWAYS) {
  test(`${what} with ${JSON.stringify(body)} is answered ${status}`, async () => {
    const bench = new HttpBridgeBench();
    const response = await bench.call(what, { body });
    assert.equal(response.status, status, await response.text());
    assert.deepEqual(bench.publishedBy, device === undefined ? [] : [device]);
  });
}
