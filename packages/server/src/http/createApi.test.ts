import { z } from '@hono/zod-openapi';
import { errorTable, MkiotError } from '@mkiot/core/errors/mkiotError';
import type { ProblemResponse } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { type ApiRequest, apiRoute, type ApiRoute, type Caller } from './apiRoute.ts';
import { type Api, type ApiOptions, createApi } from './createApi.ts';
import { bytes, int32, message, noBody, repeated } from './protoJson.ts';

const pumpError = errorTable({
  TOKEN_MISSING: { status: 'UNAUTHENTICATED', blame: 'caller', message: 'Who are you?' },
  PUMP_DRY: { status: 'FAILED_PRECONDITION', blame: 'caller', message: 'Pump {pump} is dry.' },
  PUMP_LOST: { status: 'INTERNAL', blame: 'us', message: 'Pump {pump} lies in /srv/secret.' },
});

const pumpParams = z.object({ site: z.string(), pump: z.string() });
const pumpMessage = message({ id: z.string().optional(), water: bytes().optional() }).openapi('Pump');

/** A domain of the test's own. `seen` gets what reaches the handlers. */
function pumpRoutes(seen: ApiRequest<unknown, unknown, unknown>[]): readonly ApiRoute[] {
  const echo = async (request: ApiRequest<unknown, unknown, unknown>): Promise<object> => {
    seen.push(request);
    return { ok: true };
  };
  const common = { params: pumpParams, query: message({}), body: noBody, result: z.object({ ok: z.boolean() }) };
  const path = '/v1/sites/{site}/pumps/{pump}';
  return [
    apiRoute({
      ...common,
      method: 'get',
      path,
      operation: 'getPump',
      summary: 'A pump.',
      permission: 'cloudiot.devices.get',
      query: message({ pageSize: int32({ min: 0 }).optional(), pumpIds: repeated(z.string()).optional() }),
      handle: echo,
    }),
    apiRoute({
      ...common,
      method: 'post',
      path: `${path}:fill`,
      operation: 'fillPump',
      summary: 'Fills a pump.',
      permission: 'cloudiot.devices.sendCommand',
      body: pumpMessage,
      result: pumpMessage,
      handle: echo,
    }),
    apiRoute({
      ...common,
      method: 'delete',
      path,
      operation: 'deletePump',
      summary: 'Fails in the way the pump is called.',
      permission: 'cloudiot.devices.delete',
      handle: async ({ params }) => {
        if (params.pump === 'dry') throw pumpError('PUMP_DRY', { pump: 'dry' });
        if (params.pump === 'lost') throw pumpError('PUMP_LOST', { pump: 'lost' });
        throw new Error('the password is hush');
      },
    }),
    apiRoute({
      ...common,
      method: 'get',
      path: `${path}:watch`,
      operation: 'watchPump',
      summary: 'Follows a pump.',
      permission: 'cloudiot.devices.get',
      streams: true,
      handle: async ({ signal }) =>
        new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(Buffer.from('{"level":1}\n'));
            signal.addEventListener('abort', () => controller.close());
          },
        }),
    }),
    apiRoute({
      ...common,
      method: 'post',
      path: '/v1/hello',
      operation: 'hello',
      summary: 'For everybody.',
      permission: 'public',
      params: z.object({}),
      body: message({}),
      handle: echo,
    }),
  ];
}

const CALLERS: Readonly<Record<string, Caller>> = {
  viewer: { principal: 'token:1 (viewer)', allows: (permission) => permission === 'cloudiot.devices.get' },
  north: { principal: 'token:2 (north)', allows: (_permission, params) => params['site'] === 'north' },
  admin: { principal: 'token:3 (admin)', allows: () => true },
};

interface Bench {
  readonly api: Api;
  readonly seen: ApiRequest<unknown, unknown, unknown>[];
  readonly logged: unknown[];
  readonly call: (
    method: string,
    path: string,
    options?: { token?: string; body?: string; from?: string; caller?: Caller },
  ) => Promise<Response>;
}

function bench(options: Partial<ApiOptions> = {}): Bench {
  const seen: ApiRequest<unknown, unknown, unknown>[] = [];
  const logged: unknown[] = [];
  const api = createApi(pumpRoutes(seen), {
    authenticate: async (headers) => {
      const caller = CALLERS[headers.get('authorization')?.replace('Bearer ', '') ?? ''];
      if (caller === undefined) throw pumpError('TOKEN_MISSING');
      return caller;
    },
    logger: { error: (entry: unknown) => void logged.push(entry) },
    randomFill: (array) => array.fill(0xab),
    version: '1.2.3',
    health: () => [],
    ...options,
  });
  return {
    api,
    seen,
    logged,
    call: async (method, path, { token = 'admin', body, from = '192.0.2.1', caller } = {}) =>
      api.request(
        path,
        {
          method,
          headers: token === '' ? {} : { authorization: `Bearer ${token}` },
          ...(body === undefined ? {} : { body }),
        },
        { remoteAddress: from, caller },
      ),
  };
}

async function problem(response: Response): Promise<ProblemResponse['error'] & { reason: unknown }> {
  const { error } = (await response.json()) as ProblemResponse;
  assert.equal(error.code, response.status);
  return { ...error, reason: error.details[0]?.['reason'] };
}

const PUMP = '/v1/sites/north/pumps/p1';

const REFUSED: readonly {
  readonly what: string;
  readonly call: readonly [method: string, path: string, options?: { token?: string; body?: string }];
  readonly status: number;
  readonly reason: string;
}[] = [
  { what: 'no token', call: ['GET', PUMP, { token: '' }], status: 401, reason: 'TOKEN_MISSING' },
  { what: 'a wrong token', call: ['GET', PUMP, { token: 'guess' }], status: 401, reason: 'TOKEN_MISSING' },
  {
    what: 'no token, before its body is looked at',
    call: ['POST', `${PUMP}:fill`, { token: '', body: '{' }],
    status: 401,
    reason: 'TOKEN_MISSING',
  },
  {
    what: 'a missing permission, before its body is looked at',
    call: ['POST', `${PUMP}:fill`, { token: 'viewer', body: '{' }],
    status: 403,
    reason: 'PERMISSION_MISSING',
  },
  {
    what: 'a token for another place',
    call: ['GET', '/v1/sites/south/pumps/p1', { token: 'north' }],
    status: 403,
    reason: 'PERMISSION_MISSING',
  },
  {
    what: 'a body that is no JSON',
    call: ['POST', `${PUMP}:fill`, { body: '{' }],
    status: 400,
    reason: 'BODY_NOT_JSON',
  },
  {
    what: 'an unknown member',
    call: ['POST', `${PUMP}:fill`, { body: '{"wine":1}' }],
    status: 400,
    reason: 'REQUEST_INVALID',
  },
  {
    what: 'a body that is a list',
    call: ['POST', `${PUMP}:fill`, { body: '[]' }],
    status: 400,
    reason: 'REQUEST_INVALID',
  },
  { what: 'an unknown query name', call: ['GET', `${PUMP}?pagesize=1`], status: 400, reason: 'REQUEST_INVALID' },
  { what: 'a query value out of range', call: ['GET', `${PUMP}?pageSize=-1`], status: 400, reason: 'REQUEST_INVALID' },
  {
    what: 'a single query value given twice',
    call: ['GET', `${PUMP}?pageSize=1&page_size=2`],
    status: 400,
    reason: 'REQUEST_INVALID',
  },
  {
    what: 'a path that is not percent-encoded',
    call: ['GET', '/v1/sites/north/pumps/%ff'],
    status: 400,
    reason: 'PATH_NOT_PERCENT_ENCODED',
  },
  { what: 'another method', call: ['PATCH', PUMP], status: 404, reason: 'ROUTE_NOT_FOUND' },
  { what: 'another verb', call: ['POST', `${PUMP}:drain`], status: 404, reason: 'ROUTE_NOT_FOUND' },
  { what: 'a verb as a segment', call: ['POST', `${PUMP}/~fill`], status: 404, reason: 'ROUTE_NOT_FOUND' },
  { what: 'a verb in percent-encoding', call: ['POST', `${PUMP}%3Afill`], status: 404, reason: 'ROUTE_NOT_FOUND' },
  {
    what: 'a group between (second bindings of Cloud IoT)',
    call: ['GET', '/v1/sites/north/groups/g1/pumps/p1'],
    status: 404,
    reason: 'ROUTE_NOT_FOUND',
  },
  { what: 'a trailing slash', call: ['GET', `${PUMP}/`], status: 404, reason: 'ROUTE_NOT_FOUND' },
  { what: 'a failing precondition', call: ['DELETE', '/v1/sites/north/pumps/dry'], status: 400, reason: 'PUMP_DRY' },
];

for (const { what, call, status, reason } of REFUSED) {
  test(`a call with ${what} is answered ${status} ${reason}`, async () => {
    const { call: send, seen } = bench();
    const response = await send(...call);
    const error = await problem(response);
    assert.deepEqual([response.status, error.reason], [status, reason]);
    assert.equal(response.headers.get('www-authenticate'), status === 401 ? 'Bearer' : null);
    assert.deepEqual(seen, []);
  });
}

test('a problem response has the form of Google APIs, with the stable code and its context', async () => {
  const response = await bench().call('DELETE', '/v1/sites/north/pumps/dry');
  assert.deepEqual(await response.json(), {
    error: {
      code: 400,
      message: 'Pump dry is dry.',
      status: 'FAILED_PRECONDITION',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'PUMP_DRY',
          domain: 'mkiot',
          metadata: { pump: 'dry' },
        },
      ],
    },
  });
});

test('a wrong body tells every field that is wrong, and none of their values', async () => {
  const secret = 'hush-hush-hush';
  const response = await bench().call('POST', `${PUMP}:fill`, { body: JSON.stringify({ id: 5, water: `*${secret}` }) });
  const text = await response.text();
  const { error } = JSON.parse(text) as ProblemResponse;
  const violations = error.details[1]?.['fieldViolations'] as { field: string }[];
  assert.deepEqual(
    violations.map((violation) => violation.field),
    ['id', 'water'],
  );
  assert.match(error.message, /^The body of the request is wrong at id: /);
  assert.ok(!text.includes(secret));
  const notJson = await bench().call('POST', `${PUMP}:fill`, { body: `{"id": ${secret}` });
  assert.ok(!(await notJson.text()).includes(secret));
});

for (const pump of ['lost', 'broken']) {
  test(`a failure of ours (${pump}) tells the caller an id only, under which the log has it, once`, async () => {
    const { call, logged } = bench();
    const response = await call('DELETE', `/v1/sites/north/pumps/${pump}`);
    const text = await response.text();
    assert.equal(response.status, 500);
    assert.ok(text.includes('"reason":"INTERNAL"') && text.includes('abababababababab'));
    assert.ok(!/secret|hush/.test(text));
    assert.equal(logged.length, 1);
    assert.equal((logged[0] as { errorId: string }).errorId, 'abababababababab');
  });
}

test('a call reaches its handler with decoded path, query, body and caller', async () => {
  const { call, seen } = bench();
  assert.deepEqual(await (await call('GET', '/v1/sites/north/pumps/a%2525?page_size=7&pumpIds=a&pumpIds=b')).json(), {
    ok: true,
  });
  assert.equal((await call('POST', `${PUMP}:fill?`, { body: '{"id":"x","water":"_-8"}' })).status, 200);
  assert.equal((await call('POST', `${PUMP}:fill`)).status, 200);
  const [got, filled, empty] = seen;
  assert.deepEqual(got?.params, { site: 'north', pump: 'a%25' });
  assert.deepEqual(got?.query, { pageSize: 7, pumpIds: ['a', 'b'] });
  assert.equal(got?.body, undefined);
  assert.equal(got?.caller.principal, 'token:3 (admin)');
  assert.equal(got?.remoteAddress, '192.0.2.1');
  assert.deepEqual(filled?.body, { id: 'x', water: Uint8Array.of(255, 239) });
  assert.deepEqual(empty?.body, {});
});

test('what Google clients append to every query is ignored', async () => {
  const { call, seen } = bench();
  const query =
    '$alt=json%3Benum-encoding=int&alt=json&prettyPrint=false&key=k&fields=a&$.xgafv=1&quotaUser=me&page_size=1';
  assert.equal((await call('GET', `${PUMP}?${query}`)).status, 200);
  assert.deepEqual(seen[0]?.query, { pageSize: 1 });
});

test('a body is read no further than the limit, with and without a length announced', async () => {
  const { call, api } = bench({ maxBodyBytes: 20 });
  const fits = JSON.stringify({ id: 'x'.repeat(11) });
  assert.equal(fits.length, 20);
  assert.equal((await call('POST', `${PUMP}:fill`, { body: fits })).status, 200);
  assert.equal((await problem(await call('POST', `${PUMP}:fill`, { body: `${fits} ` }))).reason, 'BODY_TOO_LARGE');

  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(++pulled)),
  });
  const request = new Request(`http://h${PUMP}:fill`, {
    method: 'POST',
    headers: { authorization: 'Bearer admin' },
    body: endless,
    duplex: 'half',
  });
  const response = await api.fetch(request, { remoteAddress: '' });
  assert.equal((await problem(response)).reason, 'BODY_TOO_LARGE');
  assert.ok(pulled < 20);
});

test('a public route takes a short body only', async () => {
  const { call } = bench();
  const body = JSON.stringify({ id: 'x'.repeat(16 * 1024) });
  assert.equal((await problem(await call('POST', '/v1/hello', { token: '', body }))).reason, 'BODY_TOO_LARGE');
  assert.equal((await call('POST', `${PUMP}:fill`, { body })).status, 200);
});

test('a public route needs no token, and knows who comes by a connection that tells', async () => {
  const { call, seen } = bench();
  await call('POST', '/v1/hello', { token: '' });
  await call('POST', '/v1/hello', { token: '', caller: { principal: 'local:root', allows: () => true } });
  assert.deepEqual(
    seen.map((request) => request.caller.principal),
    ['anonymous', 'local:root'],
  );
  assert.equal(seen[0]?.caller.allows('cloudiot.devices.get', {}), false);
});

test('a connection that tells who calls needs no token', async () => {
  const { call, seen } = bench();
  const caller: Caller = { principal: 'local:root', allows: (permission) => permission === 'cloudiot.devices.get' };
  assert.equal((await call('GET', PUMP, { token: '', caller })).status, 200);
  assert.equal(seen[0]?.caller, caller);
  assert.equal((await call('DELETE', PUMP, { token: 'admin', caller })).status, 403);
});

test('a stream is newline-delimited JSON, and its signal tells when the caller goes away', async () => {
  const { api } = bench();
  const gone = new AbortController();
  const request = new Request(`http://h${PUMP}:watch`, {
    headers: { authorization: 'Bearer viewer' },
    signal: gone.signal,
  });
  const response = await api.fetch(request, { remoteAddress: '' });
  assert.equal(response.headers.get('content-type'), 'application/x-ndjson');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const text = response.text();
  gone.abort();
  assert.equal(await text, '{"level":1}\n');
});

test('every answer has the security headers', async () => {
  const { call } = bench();
  for (const path of [PUMP, '/nowhere', '/openapi.json', '/healthz', '/v1/sites/north/pumps/%ff']) {
    const { headers } = await call('GET', path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'", path);
    assert.equal(headers.get('strict-transport-security'), null, path);
  }
});

test('a page is served with its own content security policy', async () => {
  const content = { html: '<p>hello', contentSecurityPolicy: "default-src 'self'" };
  const pages = [{ path: '/setup', open: () => content }];
  const response = await bench({ pages }).call('GET', '/setup', { token: '' });
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
  assert.equal(response.headers.get('content-security-policy'), "default-src 'self'");
  assert.equal(response.headers.get('x-frame-options'), 'DENY');
  assert.equal(await response.text(), '<p>hello');
});

test('health is told to everybody', async () => {
  const sound = await bench().call('GET', '/healthz', { token: '' });
  assert.deepEqual([sound.status, await sound.json()], [200, { status: 'ok' }]);
  const slow = { code: 'SLOW', isFailing: false };
  const limping = await bench({ health: () => [slow] }).call('GET', '/healthz', { token: '' });
  assert.deepEqual([limping.status, await limping.json()], [200, { status: 'degraded', problems: [{ code: 'SLOW' }] }]);
  const full = { code: 'FULL', cause: 'ENOSPC', isFailing: true };
  const ill = await bench({ health: () => [slow, full] }).call('GET', '/healthz', { token: '' });
  const problems = [{ code: 'SLOW' }, { code: 'FULL', cause: 'ENOSPC' }];
  assert.deepEqual([ill.status, await ill.json()], [503, { status: 'failing', problems }]);
});

for (const [from, token, status] of [
  ['127.0.0.1', '', 200],
  ['::1', '', 200],
  ['192.0.2.1', '', 401],
  ['192.0.2.1', 'viewer', 403],
  ['192.0.2.1', 'admin', 200],
] as const) {
  test(`metrics asked for from ${from} with ${token || 'no'} token are answered ${status}`, async () => {
    const response = await bench({ metrics: new Registry() }).call('GET', '/metrics', { token, from });
    assert.equal(response.status, status);
  });
}

test('without metrics there is nothing at /metrics', async () => {
  assert.equal((await bench().call('GET', '/metrics', { from: '127.0.0.1' })).status, 404);
});

test('the OpenAPI document has every route with its verb, its permission and its schemas', async () => {
  const document = (await (await bench().call('GET', '/openapi.json', { token: '' })).json()) as {
    openapi: string;
    info: { version: string };
    paths: Record<string, Record<string, Record<string, unknown>>>;
    components: { schemas: Record<string, unknown> };
  };
  assert.equal(document.openapi, '3.1.0');
  assert.equal(document.info.version, '1.2.3');
  const routes = pumpRoutes([]);
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  assert.equal(operations.length, routes.length);
  for (const { path, method, operation, permission } of routes) {
    const described = document.paths[path]?.[method];
    assert.equal(described?.['operationId'], operation);
    assert.equal(described?.['x-mkiot-permission'], permission === 'public' ? undefined : permission);
    assert.equal('security' in (described ?? {}), permission !== 'public');
  }
  assert.deepEqual(document.components.schemas['Pump'], {
    type: 'object',
    properties: { id: { type: 'string' }, water: { type: 'string', format: 'byte' } },
    additionalProperties: false,
  });
  assert.ok('ProblemResponse' in document.components.schemas);
});

test('an authenticator that fails is a failure of ours, not a refusal', async () => {
  const { call, logged } = bench({
    authenticate: () => Promise.reject(new MkiotError('DISK_GONE', { status: 'INTERNAL', blame: 'us', message: 'no' })),
  });
  assert.equal((await call('GET', PUMP)).status, 500);
  assert.equal(logged.length, 1);
});
