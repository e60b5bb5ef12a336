import { z } from '@hono/zod-openapi';
import type { EnrolmentTicket } from '@mkiot/core/api/clientProvisioning';
import { formatRegistryName } from '@mkiot/core/contract/resourceNames';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { formatTimestamp, int32, message, noBody, timestamp } from '../http/protoJson.ts';
import { pageQuery } from '../registry/registryRoutes.ts';
import type { TicketRecord } from './model.ts';
import { registryParams } from './registryParams.ts';
import type { TicketService } from './ticketService.ts';

const TICKETS = '/v1/projects/{project}/locations/{location}/registries/{registry}/enrolmentTickets';
const TICKETS_PER_CALL = 1_000;

const ticketShape = {
  id: z.string(),
  registry: z.string(),
  deviceId: z.string().optional(),
  mac: z.string().optional(),
  createTime: z.iso.datetime(),
  expireTime: z.iso.datetime(),
  useTime: z.iso.datetime().optional(),
  deviceNumId: z.string().optional(),
};
const ticketMessage = z.object(ticketShape).openapi('EnrolmentTicket');
const issuedTicket = z
  .object({ ...ticketShape, ticket: z.string().openapi({ description: 'The ticket itself, shown here once.' }) })
  .openapi('IssuedEnrolmentTicket');

/** Enrolment tickets, as people manage them. */
export function ticketRoutes(tickets: TicketService): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'post',
      path: TICKETS,
      operation: 'createEnrolmentTickets',
      summary: 'Makes tickets with each of which one board enrols itself in the registry, once.',
      permission: 'mkiot.provisioning.manage',
      params: registryParams,
      query: message({}),
      body: message({
        count: int32({ min: 1, max: TICKETS_PER_CALL }).default(1),
        expireTime: timestamp(),
        deviceId: z.string().optional(),
        mac: z.string().optional(),
      }),
      result: z.object({ tickets: z.array(issuedTicket) }),
      handle: async ({ params, body, caller }) => {
        const { expireTime: expiresAtMs, ...given } = body;
        const issued = await tickets.create(params, { ...given, expiresAtMs }, caller);
        return { tickets: issued.map(({ record, text }) => ({ ...ticketResource(record), ticket: text })) };
      },
    }),
    apiRoute({
      method: 'get',
      path: TICKETS,
      operation: 'listEnrolmentTickets',
      summary: 'Lists the tickets of a registry, without their texts, and what the used ones have made.',
      permission: 'mkiot.provisioning.manage',
      params: registryParams,
      query: message(pageQuery),
      body: noBody,
      result: z.object({ tickets: z.array(ticketMessage), nextPageToken: z.string().optional() }),
      handle: async ({ params, query }) => {
        const { items, nextPageToken } = await tickets.list(params, query);
        return { tickets: items.map(ticketResource), ...(nextPageToken === '' ? {} : { nextPageToken }) };
      },
    }),
    apiRoute({
      method: 'delete',
      path: `${TICKETS}/{ticket}`,
      operation: 'revokeEnrolmentTicket',
      summary: 'Makes a ticket that nobody has used worthless at once.',
      permission: 'mkiot.provisioning.manage',
      params: registryParams.extend({ ticket: z.string() }),
      query: message({}),
      body: noBody,
      result: z.object({}),
      handle: ({ params, caller }) => tickets.revoke(params, params.ticket, caller.principal),
    }),
  ];
}

function ticketResource(ticket: TicketRecord): EnrolmentTicket {
  const { id, deviceId, mac, usedAtMs, numId } = ticket;
  return {
    id,
    registry: formatRegistryName(ticket.registry),
    ...(deviceId !== undefined && { deviceId }),
    ...(mac !== undefined && { mac }),
    createTime: formatTimestamp(ticket.createdAtMs),
    expireTime: formatTimestamp(ticket.expiresAtMs),
    ...(usedAtMs !== undefined && { useTime: formatTimestamp(usedAtMs) }),
    ...(numId !== undefined && { deviceNumId: String(numId) }),
  };
}
