import type { ApiClient } from '@mkiot/core/api/client';
import type { StationFields } from '@mkiot/core/api/clientProvisioning';
import { base64Decode } from '@mkiot/core/bytes/base64';
import { parseRegistryName, type RegistryName } from '@mkiot/core/contract/resourceNames';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { publicKeyPem } from '@mkiot/core/provisioning/p256PublicKey';
import type { Platform } from '@mkiot/esp32/station/registration';
import type { StationDatabase } from './storage/stationDatabase.ts';

/** What this browser is as a station. Its private key cannot leave it, not even to this page. */
export interface StationCredential {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly registry: RegistryName;
  readonly maxDevices: number;
  readonly expireTime: string;
  /** Where its units belong. */
  readonly platform: Platform;
  readonly keys: CryptoKeyPair;
  readonly publicKeyPem: string;
}

/** What is asked for: the key is made here. */
export interface Enrolment extends Omit<StationFields, 'publicKey'> {
  /** Its id; empty: the default registry. */
  readonly registry: string;
  /** At which units reach the platform. */
  readonly host: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const KEY = 'credential';

export function findCredential(database: StationDatabase): Promise<StationCredential | undefined> {
  return database.find('station', KEY);
}

export function forgetCredential(database: StationDatabase): Promise<void> {
  return database.delete('station', KEY);
}

/**
 * Makes a key in the browser and enrols it as a station.
 *
 * @param api of somebody who may manage provisioning
 * @throws as `enrolStation` of the server
 */
export async function enrolStation(
  database: StationDatabase,
  api: ApiClient,
  { registry: registryId, host, ...fields }: Enrolment,
): Promise<StationCredential> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, ['sign']);
  const publicKey = publicKeyPem(new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey)));
  const { project, location, registry: usual } = await api.whoami();
  const parent = { project, location, registry: registryId === '' ? usual : registryId };
  const station = await api.provisioning.enrolStation(parent, { ...fields, publicKey });
  const { id, name, maxDevices, expireTime, mqttPort, authorityCertificate, bridgeId } = station;
  const credential: StationCredential = {
    id,
    name,
    registry: parseRegistryName(station.registry) ?? parent,
    maxDevices,
    expireTime,
    platform: {
      host,
      port: mqttPort,
      caPem: authorityCertificate,
      bridgeId: base64Decode(bridgeId) ?? new Uint8Array(),
    },
    keys,
    publicKeyPem: publicKey,
  };
  try {
    await database.keep('station', KEY, credential);
  } catch (error) {
    // Nobody could use it any more.
    await api.provisioning.revokeStation(credential.registry, id);
    throw error;
  }
  return credential;
}

/** Signs unit records. */
export function signingKeyOf({ keys, publicKeyPem }: StationCredential): SigningKey {
  return {
    algorithm: 'ES256',
    publicKeyPem,
    async sign(data) {
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
      return new Uint8Array(await crypto.subtle.sign(algorithm, keys.privateKey, Uint8Array.from(data)));
    },
  };
}
