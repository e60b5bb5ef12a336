import { base64Decode } from '@mkiot/core/bytes/base64';
import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import type { Registration } from '@mkiot/esp32/station/registration';
import {
  ADDRESS,
  BRIDGE_ID,
  type EnrolledTestStation,
  type ProvisioningBench,
} from '@mkiot/server/provisioning/provisioning.testing';
import { deviceName } from '@mkiot/server/registry/registry.testing';

const CA_PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

/** One key, made on the device, for pump-1. */
export function registrationBy({ record, key }: EnrolledTestStation, more: Partial<Registration> = {}): Registration {
  return {
    deviceName: () => deviceName('pump-1'),
    platform: { host: 'iot.example', port: 8883, caPem: CA_PEM, bridgeId: BRIDGE_ID },
    keyCount: 1,
    keysMadeBy: 'device',
    keyExpiriesMs: [],
    station: { id: record.id, key },
    ...more,
  };
}

/** The server's own service, with what it says thrown as it comes. */
export function registerAt({ registration }: ProvisioningBench) {
  return async ({ record, signature }: SignedUnitRecord): Promise<'registered'> => {
    const bytesOf = (text: string): Uint8Array => base64Decode(text) ?? new Uint8Array();
    const presented = { record: bytesOf(record), signature: bytesOf(signature) };
    const outcome = await registration.register(presented, ADDRESS);
    if (outcome.outcome === 'REFUSED') throw outcome.refusal;
    return 'registered';
  };
}
