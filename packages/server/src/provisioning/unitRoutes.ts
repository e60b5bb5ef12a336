import { z } from '@hono/zod-openapi';
import type { ProvisionedUnit } from '@mkiot/core/api/clientProvisioning';
import { base64UrlEncode } from '@mkiot/core/bytes/base64';
import { toHex } from '@mkiot/core/bytes/bytes';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { projectParams } from '../http/projectParams.ts';
import { formatTimestamp, message, noBody } from '../http/protoJson.ts';
import { pageQuery } from '../registry/registryRoutes.ts';
import { registryParams } from './registryParams.ts';
import type { ListedUnit, UnitService } from './unitService.ts';

const base64Url = (description: string) => z.string().openapi({ description });

const unitMessage = z
  .object({
    id: z.string(),
    station: z.string(),
    stationName: z.string(),
    stationPublicKey: z.string(),
    device: z.string(),
    deviceNumId: z.string(),
    retired: z.boolean().openapi({ description: 'Its device was deleted.' }),
    mac: z.string(),
    chip: z.object({ name: z.string(), revision: z.int() }),
    efuseSha256: z.string(),
    registerTime: z.iso.datetime(),
    record: base64Url('What the station has signed, as it came, in base64url.'),
    signature: base64Url('ES256 by the station, over the bytes of record, in base64url.'),
  })
  .openapi('ProvisionedUnit');

/** The units that stations have registered. All of it is public: a record holds no secret, and anybody may check it. */
export function unitRoutes(units: UnitService, project: string): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'get',
      path: '/v1/projects/{project}/locations/{location}/registries/{registry}/units',
      operation: 'listUnits',
      summary: 'Lists the units that stations have registered in the registry, with the records that they have signed.',
      permission: 'cloudiot.devices.list',
      params: registryParams,
      query: message({ ...pageQuery, station: z.string().optional(), mac: z.string().optional() }),
      body: noBody,
      result: z.object({ units: z.array(unitMessage), nextPageToken: z.string().optional() }),
      handle: async ({ params, query }) => {
        const { items, nextPageToken } = await units.list(params, query, query);
        return { units: items.map(unitResource), ...(nextPageToken === '' ? {} : { nextPageToken }) };
      },
    }),
    apiRoute({
      method: 'post',
      path: '/v1/projects/{project}/units:release',
      operation: 'releaseUnit',
      summary:
        'Lets a station or a ticket register a unit once more whose device was deleted; says why in the audit trail.',
      permission: 'mkiot.units.release',
      params: projectParams(project),
      query: message({}),
      body: message({ mac: z.string(), why: z.string() }),
      result: z.object({}),
      handle: ({ body, caller }) => units.release(project, body.mac, body.why, caller.principal),
    }),
  ];
}

function unitResource({ id, stored, record }: ListedUnit): ProvisionedUnit {
  return {
    id,
    station: stored.station,
    stationName: stored.station_name,
    stationPublicKey: stored.station_public_key,
    device: formatDeviceName(record.device),
    deviceNumId: String(stored.num_id),
    retired: stored.has_device === 0,
    mac: record.mac,
    chip: record.chip,
    efuseSha256: toHex(record.efuseSha256),
    registerTime: formatTimestamp(stored.registered_ms),
    record: base64UrlEncode(stored.record),
    signature: base64UrlEncode(stored.signature),
  };
}
