import { z } from '@hono/zod-openapi';
import type { DroppedMessage as DroppedMessageResource, KeptSession, QueuedMessage } from '@mkiot/core/api/resources';
import type { KeptSessionLink, QueuedMessage as Queued } from '../bridge/keptSessionLink.ts';
import { type ApiRoute, apiRoute } from '../http/apiRoute.ts';
import { formatTimestamp, message, noBody } from '../http/protoJson.ts';
import type { DeviceService } from '../registry/deviceService.ts';
import type { DroppedMessages, DropRecord } from './droppedMessages.ts';

export interface KeptSessionServices {
  readonly devices: Pick<DeviceService, 'get'>;
  readonly link: KeptSessionLink;
  readonly dropped: Pick<DroppedMessages, 'of'>;
}

const deviceParams = z.object({ project: z.string(), location: z.string(), registry: z.string(), device: z.string() });
const time = z.string().openapi({ format: 'date-time' });
const ofMessage = {
  id: z.string().openapi({ format: 'int64' }),
  kind: z.string(),
  subfolder: z.string(),
  payloadBytes: z.number(),
  queueTime: time,
  wasSent: z.boolean(),
};

const keptSessionSchema = z
  .object({
    kept: z.boolean(),
    expireTime: time.optional(),
    subscriptions: z.array(z.object({ kind: z.string(), qos: z.number() })),
    messages: z.array(z.object({ ...ofMessage, expireTime: time.optional() })),
    droppedMessages: z.array(z.object({ ...ofMessage, dropTime: time, reason: z.string() })),
  })
  .openapi('KeptSession');

/** What waits for a device, and what was dropped. */
export function keptSessionRoutes({ devices, link, dropped }: KeptSessionServices): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'get',
      path: '/v1/projects/{project}/locations/{location}/registries/{registry}/devices/{device}/keptSession',
      operation: 'getKeptSession',
      summary:
        'The session that is kept for a device: what waits for it, and which messages were dropped lately and why.',
      permission: 'cloudiot.devices.get',
      params: deviceParams,
      query: message({}),
      body: noBody,
      result: keptSessionSchema,
      async handle({ params }): Promise<KeptSession> {
        const { numId } = await devices.get(params);
        const kept = link.keptSession(numId);
        const { expiresAtMs, subscriptions = [] } = kept ?? {};
        return {
          kept: kept !== undefined,
          ...(expiresAtMs === undefined ? {} : { expireTime: formatTimestamp(expiresAtMs) }),
          subscriptions: Array.from(subscriptions, ([kind, { qos }]) => ({ kind, qos })),
          messages: (kept?.messages() ?? []).map(queuedMessage),
          droppedMessages: (await dropped.of(numId)).map(droppedMessage),
        };
      },
    }),
  ];
}

function queuedMessage(queued: Queued): QueuedMessage {
  const { expiresAtMs } = queued;
  return { ...ofBoth(queued), ...(expiresAtMs === undefined ? {} : { expireTime: formatTimestamp(expiresAtMs) }) };
}

function droppedMessage(drop: DropRecord): DroppedMessageResource {
  return { ...ofBoth(drop), dropTime: formatTimestamp(drop.droppedAtMs), reason: drop.reason };
}

function ofBoth({ sequence, kind, subfolder, payloadBytes, queuedAtMs, wasSent }: Omit<Queued, 'expiresAtMs'>) {
  return { id: String(sequence), kind, subfolder, payloadBytes, queueTime: formatTimestamp(queuedAtMs), wasSent };
}
