import type { VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { base64Decode } from '@mkiot/core/bytes/base64';
import { closedDigestIn } from '@mkiot/core/keyInstall/closedLine';
import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { gapsTo } from '@mkiot/esp32/plan/goal';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import type { Registration } from '@mkiot/esp32/station/registration';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import {
  ADDRESS,
  BRIDGE_ID,
  type EnrolledTestStation,
  type ProvisioningBench,
  provisioningBench,
} from '@mkiot/server/provisioning/provisioning.testing';
import { deviceName } from '@mkiot/server/registry/registry.testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StationBench } from './stationBench.ts';
import { FIRMWARES, jobFor, portsOf, starts } from './stationJob.ts';

const CA_PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

function registrationBy({ record, key }: EnrolledTestStation, more: Partial<Registration> = {}): Registration {
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
function registerAt({ registration }: ProvisioningBench) {
  return async ({ record, signature }: SignedUnitRecord): Promise<'registered'> => {
    const bytesOf = (text: string): Uint8Array => base64Decode(text) ?? new Uint8Array();
    const presented = { record: bytesOf(record), signature: bytesOf(signature) };
    const outcome = await registration.register(presented, ADDRESS);
    if (outcome.outcome === 'REFUSED') throw outcome.refusal;
    return 'registered';
  };
}

for (const [name, profile] of [
  ['esp32', undefined],
  ['esp32', 'development'],
  ['esp32', 'production'],
  ['esp32s3', undefined],
  ['esp32s3', 'development'],
  ['esp32s3', 'production'],
  ['esp32c3', undefined],
  ['esp32c3', 'development'],
  ['esp32c3', 'production'],
] as readonly (readonly [VirtualChipName, ProfileName | undefined])[]) {
  test(`a blank ${name} becomes a registered device${profile === undefined ? '' : ` for ${profile}`}`, async () => {
    await using server = await provisioningBench();
    const station = await server.enrolStation();
    const bench = new StationBench(name, { firmwares: FIRMWARES });
    const book = memoryUnitBook();
    const ports = portsOf(bench, { book, register: registerAt(server) });
    const job = await jobFor(name, profile, { registration: registrationBy(station) });
    const { device, mac } = await bench.inTime(provisionUnit(job, ports));
    const registered = await server.devices.get(deviceName('pump-1'));
    assert.deepEqual(
      registered.credentials.map(({ pem }) => pem),
      device?.publicKeys,
    );
    const digest = closedDigestIn(await starts(bench, /key install closed, [0-9a-f]{64}/));
    assert.equal(digest, (await book.findPage(mac)).installed?.digest);
    if (profile !== undefined) assert.deepEqual(gapsTo(PROFILES[profile], bench.chip.efuses.trueBits()), []);
    await bench.chip.powerOff();
  });
}
