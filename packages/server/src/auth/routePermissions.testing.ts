import { base64UrlEncode } from '@mkiot/core/bytes/base64';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { type Role, roleAllows, ROLES } from '@mkiot/core/contract/permissions';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiRoute } from '../http/apiRoute.ts';
import { createApi } from '../http/createApi.ts';
import { authBench } from './auth.testing.ts';

const SAMPLE_PARAMS: Readonly<Record<string, string>> = { project: 'mkiot-abc123', location: 'local' };

const SIGNED_RECORD = `${base64UrlEncode(utf8Encode('{"station":"0123456789abcdef"}'))}.${'A'.repeat(86)}`;

interface Answer {
  readonly status: number;
  /** Whether the call came as far as the route's handler. */
  readonly handled: boolean;
}

/**
 * Declares the tests that every route must pass: who is let through to it without a token, with a wrong one, with each
 * role, and for another registry. The handlers are not run, so any route can be walked through.
 */
export function testRoutePermissions(routes: readonly ApiRoute[]): void {
  const forOneRegistry = 'projects/mkiot-abc123/locations/local/registries/pumps';
  for (const route of routes) {
    const { permission, operation } = route;
    const name = `${operation} (${route.method.toUpperCase()} ${route.path})`;

    for (const [what, authorization] of [
      ['no token', undefined],
      ['a wrong token', `Bearer mkiot_${'0'.repeat(16)}_${'A'.repeat(43)}`],
      ['a token of another scheme', 'Basic YWRtaW46YWRtaW4='],
      // A station's signature is looked at in the body of one public route, and nowhere else.
      ['the signed record of a station', `Bearer ${SIGNED_RECORD}`],
    ] as const) {
      test(`${name} with ${what} is ${permission === 'public' ? 'let through' : 'answered 401'}`, async () => {
        const { status } = await call(route, async () => authorization);
        assert.equal(status === 401, permission !== 'public');
      });
    }

    if (permission === 'public') continue;
    for (const role of Object.keys(ROLES) as Role[]) {
      const isAllowed = permission === 'authenticated' || roleAllows(role, permission);
      test(`${name} as ${role} is ${isAllowed ? 'let through' : 'answered 403'}`, async () => {
        const { status, handled } = await call(route, async (tokenOf) => `Bearer ${await tokenOf(role)}`);
        assert.equal(status === 403, !isAllowed);
        assert.notEqual(status, 401);
        if (!isAllowed) assert.equal(handled, false);
      });
    }

    if (permission === 'authenticated') continue;
    test(`${name} as admin of another registry is answered 403`, async () => {
      const { status } = await call(route, async (tokenOf) => `Bearer ${await tokenOf('admin', forOneRegistry)}`);
      assert.equal(status, 403);
    });
  }
}

async function call(
  route: ApiRoute,
  authorize: (tokenOf: (role: Role, registry?: string) => Promise<string>) => Promise<string | undefined>,
): Promise<Answer> {
  await using bench = await authBench();
  let handled = false;
  const stub: ApiRoute = {
    ...route,
    handle: async () => {
      handled = true;
    },
  };
  const api = createApi([stub], {
    authenticate: (headers, remoteAddress) => bench.tokens.authenticate(headers, remoteAddress),
    logger: { error: (entry: unknown) => assert.fail(JSON.stringify(entry)) },
    randomFill: bench.parts.randomFill,
    version: '0',
    health: () => [],
  });
  const authorization = await authorize(bench.tokenOf);
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => SAMPLE_PARAMS[name] ?? 'sample');
  const response = await api.request(
    path,
    {
      method: route.method.toUpperCase(),
      headers: authorization === undefined ? {} : { authorization },
    },
    { remoteAddress: '192.0.2.1' },
  );
  assert.notEqual(response.status, 404, 'the route is routed');
  return { status: response.status, handled };
}
