import type { ApiClient } from '@mkiot/core/api/client';
import { base64Decode } from '@mkiot/core/bytes/base64';
import type { RegistryName } from '@mkiot/core/contract/resourceNames';
import type { Registration } from '@mkiot/esp32/station/registration';
import { generateSigningKeyPem, nodeSigningKey } from '@mkiot/server/runtime/nodeSigningKey';
import { createPrivateKey } from 'node:crypto';
import type { DemoPorts } from '../demoPorts.ts';
import type { Tell } from '../demoReport.ts';

const HOUR_MS = 3_600_000;

/** What a station was told at its enrolment. */
export type DemoStation = Pick<Registration, 'platform' | 'station'>;

/** Enrols a station that may register one device within the hour. */
export async function enrolStationStep(
  tell: Tell,
  provisioner: ApiClient,
  registry: RegistryName,
  { clock }: DemoPorts,
): Promise<DemoStation> {
  const key = nodeSigningKey(createPrivateKey(generateSigningKeyPem()));
  const expireTime = new Date(clock.now() + HOUR_MS).toISOString();
  const fields = { name: 'demo bench', publicKey: key.publicKeyPem, maxDevices: 1, expireTime };
  const enrolled = await provisioner.provisioning.enrolStation(registry, fields);
  const { id, name, bridgeId, mqttPort, authorityCertificate } = enrolled;
  tell(
    `station ${id} (${name}) may register 1 device in ${registry.registry} until ${enrolled.expireTime}, and read nothing`,
  );
  return {
    station: { id, key },
    platform: {
      host: '127.0.0.1',
      port: mqttPort,
      caPem: authorityCertificate,
      bridgeId: base64Decode(bridgeId) ?? new Uint8Array(),
    },
  };
}
