import { base64UrlEncode } from '@mkiot/core/bytes/base64';
import { toHex } from '@mkiot/core/bytes/bytes';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { encodeEnrolmentProof } from '@mkiot/core/provisioning/enrolmentTicket';
import { encodeUnitRecord } from '@mkiot/core/provisioning/unitRecord';
import { sql } from 'kysely';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditTrailMigrations } from '../auditTrail/migrations.ts';
import { registryMigrations } from '../registry/migrations.ts';
import { deviceName, PLACE, REGISTRY, registryBench } from '../registry/registry.testing.ts';
import { importVerifyingKey } from '../runtime/nodeCrypto.ts';
import { migrate } from '../store/migrate.ts';
import { provisioningMigrations } from './migrations.ts';
import {
  ADDRESS,
  ADMIN,
  BRIDGE_ID,
  DAY_MS,
  FIRST_PAGE,
  type EnrolledTestStation,
  newKey,
  newUnit,
  present,
  provisioningBench,
  recordOf,
  type TestUnit,
} from './provisioning.testing.ts';
import { sha256 } from './sha256.ts';
import { UnitService } from './unitService.ts';

const MAC = '24:0a:c4:12:34:56';

async function unitBench() {
  const bench = await provisioningBench();
  const units = new UnitService(bench.parts);
  return {
    ...bench,
    units,
    async register(station: EnrolledTestStation, unit: TestUnit): Promise<string> {
      const presented = await present(await recordOf(station, unit), station.key);
      const result = await bench.registration.register(presented, ADDRESS);
      return result.outcome === 'REFUSED' ? result.refusal.code : result.outcome;
    },
    /** A board that has got a new ticket. */
    async enrol(device: string, mac?: string): Promise<number | undefined> {
      const [issued] = await bench.tickets.create(
        REGISTRY,
        { count: 1, expiresAtMs: bench.clock.now() + DAY_MS },
        ADMIN,
      );
      const { text } = issued!;
      const key = newKey();
      const name = deviceName(device);
      const proof = await key.sign(await encodeEnrolmentProof(text, name, BRIDGE_ID, sha256));
      const board = { ticket: text, device: formatDeviceName(name), publicKey: key.publicKeyPem, proof, mac };
      return bench.enrolment.redeem(board, ADDRESS);
    },
    release: (mac = MAC, why = 'repaired') => units.release(PLACE.project, mac, why, 'local:test'),
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

test('units are listed page by page, each once, with a record that the key of their station verifies', async () => {
  await using bench = await unitBench();
  const stations = [await bench.enrolStation(), await bench.enrolStation()];
  for (let time = 0; time < 7; time++) await bench.register(stations[time % 2]!, newUnit());
  const found = [];
  let pageToken = '';
  do {
    const page = await bench.units.list(REGISTRY, {}, { pageSize: 3, pageToken });
    assert.ok(page.items.length <= 3);
    found.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  assert.equal(new Set(found.map(({ id }) => id)).size, 7);
  for (const { stored, record } of found) {
    const key = importVerifyingKey(stored.station_public_key, 'ES256_PEM');
    assert.ok(key.verify(stored.record, stored.signature));
    assert.deepEqual(Buffer.from(encodeUnitRecord(record)), Buffer.from(stored.record));
  }
  await assert.rejects(bench.units.list(REGISTRY, {}, { pageSize: 0, pageToken: '!' }), {
    code: 'PAGE_TOKEN_MALFORMED',
  });
});

test('units are found by station and by MAC address, and only in their own registry', async () => {
  await using bench = await unitBench();
  const [one, other] = [await bench.enrolStation(), await bench.enrolStation()];
  await bench.register(one, newUnit({ mac: MAC, device: deviceName('pump-1') }));
  await bench.register(other, newUnit());
  const { items } = await bench.units.list(REGISTRY, { mac: MAC }, FIRST_PAGE);
  assert.deepEqual(
    items.map(({ record, stored }) => [record.device.device, stored.station, stored.has_device]),
    [['pump-1', one.record.id, 1]],
  );
  assert.equal((await bench.units.list(REGISTRY, { station: other.record.id }, FIRST_PAGE)).items.length, 1);
  await bench.devices.delete(deviceName('pump-1'), 'local:test');
  assert.equal((await bench.units.list(REGISTRY, { mac: MAC }, FIRST_PAGE)).items[0]?.stored.has_device, 0);

  const greenhouse = { ...PLACE, registry: 'greenhouse' };
  await bench.registries.create(greenhouse, {}, 'local:test');
  assert.deepEqual((await bench.units.list(greenhouse, { mac: MAC }, FIRST_PAGE)).items, []);
  await assert.rejects(bench.units.list({ ...PLACE, registry: 'nowhere' }, {}, FIRST_PAGE), {
    code: 'REGISTRY_NOT_FOUND',
  });
});

test('a device tells by which station or ticket it came, and one that a person has made tells nothing', async () => {
  await using bench = await unitBench();
  const station = await bench.enrolStation();
  const unit = newUnit({ mac: MAC, device: deviceName('pump-1'), id: new Uint8Array(16).fill(1) });
  await bench.register(station, unit);
  const { numId } = await bench.devices.get(deviceName('pump-1'));
  assert.deepEqual(await bench.units.provenanceOf(numId), {
    station: station.record.id,
    unitRecord: base64UrlEncode(unit.facts.id!),
    mac: MAC,
    chip: { name: 'ESP32', revision: 301 },
    efuseSha256: toHex(new Uint8Array(32).fill(0xef)),
    registerTime: new Date(bench.clock.now()).toISOString(),
  });
  const enrolled = await bench.enrol('pump-2', '24:0a:c4:12:34:57');
  const [ticket] = (await bench.tickets.list(REGISTRY, FIRST_PAGE)).items;
  const { registerTime, ...rest } = (await bench.units.provenanceOf(enrolled!))!;
  assert.deepEqual(rest, { ticket: ticket?.id, mac: '24:0a:c4:12:34:57' });
  assert.equal(Date.parse(registerTime), ticket?.usedAtMs);
  const byHand = await bench.devices.create(deviceName('pump-3'), {}, 'local:test');
  assert.equal(await bench.units.provenanceOf(byHand.numId), undefined);
});

test('a retired board comes back only after a person has released it, with new keys and a new record', async () => {
  await using bench = await unitBench();
  const station = await bench.enrolStation();
  const unit = newUnit({ mac: MAC, device: deviceName('pump-1') });
  const old = await present(await recordOf(station, unit), station.key);
  await bench.registration.register(old, ADDRESS);
  await bench.devices.delete(deviceName('pump-1'), 'local:test');
  const secondLife = newUnit({ mac: MAC, device: deviceName('pump-2') });
  assert.equal(await bench.register(station, secondLife), 'UNIT_MAC_USED');

  await bench.release();
  const [entry] = await bench.auditTrail.list(1);
  assert.deepEqual(
    [entry?.action, entry?.principal, entry?.resource, entry?.after],
    ['releaseUnit', 'local:test', `projects/${PLACE.project}/units/${MAC}`, { why: 'repaired' }],
  );
  const again = await bench.registration.register(old, ADDRESS);
  assert.equal(again.outcome === 'REFUSED' && again.refusal.code, 'UNIT_RETIRED', 'its old record stays dead');
  assert.equal(await bench.register(station, { ...secondLife, keys: unit.keys }), 'UNIT_KEY_USED');
  assert.equal(await bench.register(station, secondLife), 'CREATED');
  assert.equal(await bench.register(station, newUnit({ mac: MAC })), 'UNIT_MAC_USED', 'once more, and not for ever');
  const { items } = await bench.units.list(REGISTRY, { mac: MAC }, FIRST_PAGE);
  assert.equal(items.length, 2, 'both its lives are told');
});

test('a released board may come with a ticket as well', async () => {
  await using bench = await unitBench();
  assert.ok(await bench.enrol('pump-1', MAC));
  await bench.devices.delete(deviceName('pump-1'), 'local:test');
  assert.equal(await bench.enrol('pump-2', MAC), undefined);
  await bench.release();
  assert.ok(await bench.enrol('pump-2', MAC));
});

test('a unit is not released while its device is there, without a reason, or when nobody had it', async () => {
  await using bench = await unitBench();
  const station = await bench.enrolStation();
  await bench.register(station, newUnit({ mac: MAC }));
  await assert.rejects(bench.release(), { code: 'UNIT_NOT_RETIRED' });
  await assert.rejects(bench.release('24:0a:c4:00:00:01'), { code: 'UNIT_MAC_UNUSED' });
  await assert.rejects(bench.release('no address'), { code: 'UNIT_MAC_UNUSED' });
  for (const why of ['', ' ', 'a\nb', 'x'.repeat(101)]) {
    await assert.rejects(bench.release(MAC, why), { code: 'UNIT_RELEASE_UNEXPLAINED' });
  }
  assert.equal((await bench.auditTrail.list(10)).filter(({ action }) => action === 'releaseUnit').length, 0);
});

test('records that were stored before their MAC address was kept beside them are found by it', async () => {
  const before = { '0400-provisioning': provisioningMigrations['0400-provisioning']! };
  await using bench = await registryBench({ migrations: before });
  const { executor } = bench.database;
  const record = Buffer.from(JSON.stringify({ mac: MAC }));
  await sql`insert into unit_record values ('0123456789abcdef', x'01', ${record}, x'02', 1, 2)`.execute(executor);
  const all = { ...auditTrailMigrations, ...registryMigrations, ...provisioningMigrations };
  await migrate(bench.database, ':memory:', all);
  const { rows } = await sql<{ mac: string }>`select mac from unit_record`.execute(executor);
  assert.deepEqual(
    rows.map(({ mac }) => mac),
    [MAC],
  );
});
