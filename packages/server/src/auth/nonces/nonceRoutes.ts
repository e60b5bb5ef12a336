// docs/protocol.md, "A challenge over HTTPS".
import { z } from '@hono/zod-openapi';
import type { Clock } from '@mkiot/core/clock/clock';
import { encodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { apiRoute, type ApiRoute } from '../../http/apiRoute.ts';
import { message, noBody } from '../../http/protoJson.ts';
import type { Challenges } from './challenges.ts';

/** Longer than any client id that names a device: project, location, registry and device have at most 255 each. */
const CLIENT_ID_CHARACTERS = 1_200;

const serverTimeMs = z.int().openapi({ description: "The server's clock, milliseconds since 1970." });

/** What devices without a clock ask for before they log in. Whoever asks learns nothing of what devices there are. */
export function nonceRoutes(challenges: Challenges, clock: Clock): readonly ApiRoute[] {
  const timeNow = (): number => Math.floor(clock.now());
  return [
    apiRoute({
      method: 'post',
      path: '/v1/challenge',
      operation: 'createChallenge',
      summary: 'Makes a challenge for one login of a device within a minute.',
      permission: 'public',
      params: z.object({}),
      query: message({}),
      body: message({ clientId: z.string().min(1).max(CLIENT_ID_CHARACTERS) }),
      result: z.object({
        challenge: z.string().openapi({ description: 'The text for the nonce claim of the token.' }),
        serverTimeMs,
      }),
      handle: async ({ body }) => {
        return { challenge: encodeNonce(challenges.issue(body.clientId)), serverTimeMs: timeNow() };
      },
    }),
    apiRoute({
      method: 'get',
      path: '/v1/time',
      operation: 'getServerTime',
      summary: 'Tells the time of the server, for devices that cannot know it.',
      permission: 'public',
      params: z.object({}),
      query: message({}),
      body: noBody,
      result: z.object({ serverTimeMs }),
      handle: async () => ({ serverTimeMs: timeNow() }),
    }),
  ];
}
