import { z } from '@hono/zod-openapi';
import type { Clock } from '@mkiot/core/clock/clock';
import { type ApiRoute, apiRoute } from '../http/apiRoute.ts';
import { projectParams } from '../http/projectParams.ts';
import { bool, int32, message, noBody } from '../http/protoJson.ts';
import { pageQuery } from '../registry/registryRoutes.ts';
import type { EventLog } from './eventLog.ts';
import { eventMessage } from './eventMessage.ts';
import { liveTail } from './liveTail.ts';
import { subscriptionResource } from './model.ts';
import type { SubscriptionService } from './subscriptionService.ts';

export interface EventsRouteParts {
  readonly subscriptions: SubscriptionService;
  readonly log: EventLog;
  readonly clock: Clock;
  /** The installation's one project. */
  readonly project: string;
}

const SUBSCRIPTIONS = '/v1/projects/{project}/subscriptions';

/** How long a pull waits for the first event. */
const PULL_WAIT_MS = 5_000;
const MAX_PULL_EVENTS = 1_000;
const MAX_ACK_IDS = 5_000;

const uint64Text = z.string().openapi({ format: 'uint64' });
const missedEvents = uint64Text.openapi({
  description: 'Events that were removed before they could be delivered; with a filter, at most so many.',
});

const eventMessageSchema = z
  .object({
    data: z.string().openapi({ format: 'byte', description: 'The payload.' }),
    attributes: z.record(z.string(), z.string()).openapi({
      description:
        'deviceId, deviceNumId, deviceRegistryId, deviceRegistryLocation, projectId, subFolder and, through a gateway, gatewayId.',
    }),
    messageId: uint64Text,
    publishTime: z.iso.datetime(),
  })
  .openapi('EventMessage');

const subscriptionSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    registry: z.string().optional(),
    device: z.string().optional(),
    ackDeadlineSeconds: z.int(),
    hold: z.boolean(),
    createTime: z.iso.datetime(),
    missedEvents,
  })
  .openapi('Subscription');

const newSubscription = message({
  id: z.string().default(''),
  registry: z.string().optional().openapi({ description: 'Only events of registries with this id.' }),
  device: z.string().optional().openapi({ description: 'Only events of this device, by id or numeric id.' }),
  ackDeadlineSeconds: int32({ min: 10, max: 600 }).default(10),
  hold: bool().default(false).openapi({
    description: 'Events stay in the log until they are acknowledged, however old and many; they may fill the disk.',
  }),
});

/** Telemetry for its consumers: the live tail, and subscriptions with the pull semantics of Pub/Sub. */
export function eventsRoutes({ subscriptions, log, clock, project }: EventsRouteParts): readonly ApiRoute[] {
  const params = projectParams(project);
  const subscriptionParams = params.extend({ subscription: z.string() });
  return [
    apiRoute({
      method: 'get',
      path: '/v1/projects/{project}/locations/{location}/events:tail',
      operation: 'tailEvents',
      summary: 'Follows events from now on, one a line. An empty line says that nothing has come for a while.',
      permission: 'mkiot.events.read',
      params: params.extend({ location: z.string() }),
      query: message({ registry: z.string().optional(), device: z.string().optional() }),
      body: noBody,
      result: z.union([eventMessageSchema, z.object({ missedEvents }).openapi('MissedEvents')]),
      streams: true,
      handle: async ({ params: parent, query, caller, signal }) =>
        liveTail({ log, clock, filter: { ...parent, ...query }, signal, endsAtMs: caller.endsAtMs }),
    }),
    apiRoute({
      method: 'post',
      path: SUBSCRIPTIONS,
      operation: 'createSubscription',
      summary: 'Makes a subscription to the events that come from now on.',
      permission: 'mkiot.subscriptions.manage',
      params,
      query: message({}),
      body: newSubscription,
      result: subscriptionSchema,
      handle: async ({ body: { id, registry, device, ackDeadlineSeconds, hold }, caller }) => {
        const fields = { registry, device, ackDeadlineSeconds, hold };
        return subscriptionResource(
          await subscriptions.create({ project, subscription: id }, fields, caller.principal),
        );
      },
    }),
    apiRoute({
      method: 'get',
      path: SUBSCRIPTIONS,
      operation: 'listSubscriptions',
      summary: 'Lists the subscriptions.',
      permission: 'mkiot.events.read',
      params,
      query: message(pageQuery),
      body: noBody,
      result: z.object({ subscriptions: z.array(subscriptionSchema), nextPageToken: z.string().optional() }),
      handle: async ({ query }) => {
        const { items, nextPageToken } = await subscriptions.list(project, query);
        return { subscriptions: items.map(subscriptionResource), ...(nextPageToken === '' ? {} : { nextPageToken }) };
      },
    }),
    apiRoute({
      method: 'get',
      path: `${SUBSCRIPTIONS}/{subscription}`,
      operation: 'getSubscription',
      summary: 'Gets a subscription.',
      permission: 'mkiot.events.read',
      params: subscriptionParams,
      query: message({}),
      body: noBody,
      result: subscriptionSchema,
      handle: async ({ params: name }) => subscriptionResource(await subscriptions.get(name)),
    }),
    apiRoute({
      method: 'delete',
      path: `${SUBSCRIPTIONS}/{subscription}`,
      operation: 'deleteSubscription',
      summary: 'Deletes a subscription; the events stay in the log.',
      permission: 'mkiot.subscriptions.manage',
      params: subscriptionParams,
      query: message({}),
      body: noBody,
      result: z.object({}),
      handle: ({ params: name, caller }) => subscriptions.delete(name, caller.principal),
    }),
    apiRoute({
      method: 'post',
      path: `${SUBSCRIPTIONS}/{subscription}:pull`,
      operation: 'pullSubscription',
      summary: 'Delivers the next events; waits a few seconds for the first. What is not acknowledged comes again.',
      permission: 'mkiot.subscriptions.consume',
      params: subscriptionParams,
      query: message({}),
      body: message({
        maxMessages: int32({ min: 1, max: MAX_PULL_EVENTS }),
        returnImmediately: bool().default(false).openapi({ description: 'Does not wait for the first event.' }),
      }),
      result: z.object({
        receivedMessages: z.array(z.object({ ackId: z.string(), message: eventMessageSchema })),
        missedEvents: missedEvents.optional(),
      }),
      handle: async ({ params: name, body: { maxMessages, returnImmediately }, signal }) => {
        const waitMs = returnImmediately ? 0 : PULL_WAIT_MS;
        const { events, missedEvents: missed } = await subscriptions.pull(name, maxMessages, waitMs, signal);
        return {
          receivedMessages: events.map(({ ackId, event }) => ({ ackId, message: eventMessage(event) })),
          ...(missed === 0 ? {} : { missedEvents: String(missed) }),
        };
      },
    }),
    apiRoute({
      method: 'post',
      path: `${SUBSCRIPTIONS}/{subscription}:acknowledge`,
      operation: 'acknowledgeSubscription',
      summary: 'Says that these events need not be delivered again.',
      permission: 'mkiot.subscriptions.consume',
      params: subscriptionParams,
      query: message({}),
      body: message({ ackIds: z.array(z.string()).min(1).max(MAX_ACK_IDS) }),
      result: z.object({}),
      handle: ({ params: name, body }) => subscriptions.acknowledge(name, body.ackIds),
    }),
  ];
}
