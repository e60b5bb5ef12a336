import { z } from '@hono/zod-openapi';
import type { EnrolledStation, Station } from '@mkiot/core/api/clientProvisioning';
import { base64Encode } from '@mkiot/core/bytes/base64';
import { formatRegistryName } from '@mkiot/core/contract/resourceNames';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { formatTimestamp, int32, message, noBody, timestamp } from '../http/protoJson.ts';
import { pageQuery } from '../registry/registryRoutes.ts';
import type { StationRecord } from './model.ts';
import type { ProvisioningParts } from './provisioningParts.ts';
import { registryParams } from './registryParams.ts';
import type { StationService } from './stationService.ts';

const STATIONS = '/v1/projects/{project}/locations/{location}/registries/{registry}/stations';
const MAX_DEVICES = 1_000_000;

const stationShape = {
  id: z.string(),
  name: z.string(),
  registry: z.string(),
  publicKey: z.string(),
  maxDevices: z.int(),
  registeredDevices: z.int(),
  createTime: z.iso.datetime(),
  expireTime: z.iso.datetime(),
  revokeTime: z.iso.datetime().optional(),
  lastUsedTime: z.iso.datetime().optional(),
};
const stationMessage = z.object(stationShape).openapi('Station');
const enrolledStation = z
  .object({
    ...stationShape,
    bridgeId: z.string().openapi({ description: 'What proofs of units are bound to.' }),
    mqttPort: z.int().openapi({ description: 'Where units find the MQTT bridge.' }),
    authorityCertificate: z.string().openapi({ description: 'By which units trust it, as PEM.' }),
  })
  .openapi('EnrolledStation');

/** Provisioning stations, as people manage them. */
export function stationRoutes(
  stations: StationService,
  { bridgeId, bridgeAddress }: Pick<ProvisioningParts, 'bridgeId' | 'bridgeAddress'>,
): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'post',
      path: STATIONS,
      operation: 'enrolStation',
      summary: 'Lets the holder of a key register so many units in the registry, until a time, and do nothing else.',
      permission: 'mkiot.provisioning.manage',
      params: registryParams,
      query: message({}),
      body: message({
        name: z.string(),
        publicKey: z.string().max(1_000),
        maxDevices: int32({ min: 1, max: MAX_DEVICES }),
        expireTime: timestamp(),
      }),
      result: enrolledStation,
      handle: async ({ params, body, caller }): Promise<EnrolledStation> => {
        const { expireTime: expiresAtMs, ...given } = body;
        const station = await stations.enrol(params, { ...given, expiresAtMs }, caller);
        return { ...stationResource(station), bridgeId: base64Encode(bridgeId()), ...bridgeAddress() };
      },
    }),
    apiRoute({
      method: 'get',
      path: STATIONS,
      operation: 'listStations',
      summary: 'Lists the stations of a registry, also those that are revoked or at their end.',
      permission: 'mkiot.provisioning.manage',
      params: registryParams,
      query: message(pageQuery),
      body: noBody,
      result: z.object({ stations: z.array(stationMessage), nextPageToken: z.string().optional() }),
      handle: async ({ params, query }) => {
        const { items, nextPageToken } = await stations.list(params, query);
        return { stations: items.map(stationResource), ...(nextPageToken === '' ? {} : { nextPageToken }) };
      },
    }),
    apiRoute({
      method: 'delete',
      path: `${STATIONS}/{station}`,
      operation: 'revokeStation',
      summary: 'Makes a station worthless at once; the devices that it registered stay.',
      permission: 'mkiot.provisioning.manage',
      params: registryParams.extend({ station: z.string() }),
      query: message({}),
      body: noBody,
      result: z.object({}),
      handle: ({ params, caller }) => stations.revoke(params, params.station, caller.principal),
    }),
  ];
}

function stationResource(station: StationRecord): Station {
  const { id, name, publicKey, maxDevices, registeredDevices, revokedAtMs, lastUsedAtMs } = station;
  return {
    id,
    name,
    registry: formatRegistryName(station.registry),
    publicKey,
    maxDevices,
    registeredDevices,
    createTime: formatTimestamp(station.createdAtMs),
    expireTime: formatTimestamp(station.expiresAtMs),
    ...(revokedAtMs !== undefined && { revokeTime: formatTimestamp(revokedAtMs) }),
    ...(lastUsedAtMs !== undefined && { lastUsedTime: formatTimestamp(lastUsedAtMs) }),
  };
}
