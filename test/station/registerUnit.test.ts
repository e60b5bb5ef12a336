import { closedDigestIn } from '@mkiot/core/keyInstall/closedLine';
import type { AuditReport } from '@mkiot/esp32/audit/report/auditReport';
import { gapsTo } from '@mkiot/esp32/plan/goal';
import type { FlashEncryptionWay } from '@mkiot/esp32/plan/plan';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import { provisioningBench } from '@mkiot/server/provisioning/provisioning.testing';
import { deviceName } from '@mkiot/server/registry/registry.testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StationBench } from './stationBench.ts';
import { FIRMWARES, jobFor, portsOf, starts } from './stationJob.ts';
import { registerAt, registrationBy } from './stationRegistration.ts';

const WAYS: readonly (readonly [ProfileName | undefined, FlashEncryptionWay | undefined, string])[] = [
  [undefined, undefined, 'with firmware in plain'],
  ['development', 'host', 'for development, encrypted by the host'],
  ['production', 'host', 'for production, encrypted by the host'],
  ['development', 'first-boot', 'for development, encrypted by its bootloader'],
  ['production', 'first-boot', 'for production, encrypted by its bootloader'],
];

for (const name of ['esp32', 'esp32s3', 'esp32c3'] as const) {
  for (const [profile, encryption, what] of WAYS) {
    test(`a blank ${name} becomes a registered device ${what}`, async () => {
      await using server = await provisioningBench();
      const station = await server.enrolStation();
      const bench = new StationBench(name, { firmwares: FIRMWARES });
      const book = memoryUnitBook();
      const ports = portsOf(bench, { book, register: registerAt(server) });
      const job = await jobFor(name, profile, { registration: registrationBy(station) }, encryption);
      const { device, mac, audits } = await bench.inTime(provisionUnit(job, ports));
      const registered = await server.devices.get(deviceName('pump-1'));
      assert.deepEqual(
        registered.credentials.map(({ pem }) => pem),
        device?.publicKeys,
      );
      const digest = closedDigestIn(await starts(bench, /key install closed, [0-9a-f]{64}/));
      assert.equal(digest, (await book.findPage(mac)).installed?.digest);
      if (profile !== undefined) assert.deepEqual(gapsTo(PROFILES[profile], bench.chip.efuses.trueBits()), []);
      if (profile === 'production') assert.deepEqual(seriousFindings(audits.after), []);
      await bench.chip.powerOff();
    });
  }
}

function seriousFindings({ devices }: AuditReport): readonly string[] {
  const findings = devices.flatMap((device) => device.findings);
  return findings.filter(({ severity }) => severity === 'high' || severity === 'critical').map(({ ruleId }) => ruleId);
}
