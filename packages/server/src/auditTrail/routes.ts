import { z } from '@hono/zod-openapi';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { projectParams } from '../http/projectParams.ts';
import { formatTimestamp, int32, message, noBody } from '../http/protoJson.ts';
import type { AuditTrail } from './auditTrail.ts';
import { auditTrailError } from './auditTrailErrors.ts';
import type { AuditEntry } from './model.ts';

/** Smaller than other lists' pages: an entry may hold a device's whole metadata, twice. */
const LARGEST_PAGE = 100;

const sequence = z.string().openapi({ format: 'uint64' });

const auditEntry = z
  .object({
    sequence,
    time: z.iso.datetime(),
    principal: z.string(),
    action: z.string(),
    resource: z.string(),
    before: z.looseObject({}).optional(),
    after: z.looseObject({}).optional(),
  })
  .openapi('AuditTrailEntry');

const auditVerdict = z
  .object({
    intactEntries: sequence.openapi({ description: 'How many entries were found whole, from the first on.' }),
    head: z.string(),
    fault: z
      .object({ kind: z.enum(['FORGED', 'MISSING', 'CUT_OFF', 'REWRITTEN']), sequence })
      .optional()
      .openapi({ description: 'The first thing that is wrong; absent: nothing is.' }),
  })
  .openapi('AuditTrailVerdict');

/** Who changed what, read only: nothing can be changed in the trail. */
export function auditTrailRoutes(auditTrail: AuditTrail, project: string): readonly ApiRoute[] {
  const params = projectParams(project);
  return [
    apiRoute({
      method: 'get',
      path: '/v1/projects/{project}/auditTrail',
      operation: 'listAuditTrail',
      summary: 'Lists who changed what, newest first.',
      permission: 'mkiot.auditTrail.read',
      params,
      query: message({ pageSize: int32({ min: 0 }).default(0), pageToken: z.string().default('') }),
      body: noBody,
      result: z.object({ entries: z.array(auditEntry), nextPageToken: z.string().optional() }),
      handle: async ({ query }) => {
        const size = query.pageSize === 0 ? LARGEST_PAGE : Math.min(query.pageSize, LARGEST_PAGE);
        const entries = await auditTrail.list(size, sequenceOf(query.pageToken));
        const oldest = entries.at(-1)?.sequence ?? 1;
        return { entries: entries.map(resourceOf), ...(oldest === 1 ? {} : { nextPageToken: String(oldest) }) };
      },
    }),
    apiRoute({
      method: 'get',
      path: '/v1/projects/{project}/auditTrail:head',
      operation: 'getAuditTrailHead',
      summary: 'Tells the number and MAC of the last entry, to be kept elsewhere.',
      permission: 'mkiot.auditTrail.read',
      params,
      query: message({}),
      body: noBody,
      result: z.object({ head: z.string() }),
      handle: async () => ({ head: await auditTrail.head() }),
    }),
    apiRoute({
      method: 'post',
      path: '/v1/projects/{project}/auditTrail:verify',
      operation: 'verifyAuditTrail',
      summary: 'Walks the whole trail and tells the first entry that is not as it was written.',
      permission: 'mkiot.auditTrail.read',
      params,
      query: message({}),
      body: message({ expectedHead: z.string().optional() }),
      result: auditVerdict,
      handle: async ({ body }) => {
        const { intactEntries, head, fault } = await auditTrail.verify(body.expectedHead);
        return {
          intactEntries: String(intactEntries),
          head,
          ...(fault === undefined ? {} : { fault: { kind: fault.kind, sequence: String(fault.sequence) } }),
        };
      },
    }),
  ];
}

function sequenceOf(pageToken: string): number | undefined {
  if (pageToken === '') return undefined;
  if (!/^[1-9][0-9]{0,14}$/.test(pageToken)) throw auditTrailError('AUDIT_PAGE_TOKEN_MALFORMED');
  return Number(pageToken);
}

function resourceOf({ sequence: number, timeMs, ...change }: AuditEntry): object {
  return { sequence: String(number), time: formatTimestamp(timeMs), ...change };
}
