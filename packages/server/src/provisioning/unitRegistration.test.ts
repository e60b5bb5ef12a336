import { toHex } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceName, REGISTRY } from '../registry/registry.testing.ts';
import {
  ADDRESS,
  ADMIN,
  DAY_MS,
  FIRST_PAGE,
  type EnrolledTestStation,
  newKey,
  newUnit,
  present,
  type ProvisioningBench,
  provisioningBench,
  recordOf,
  type TestUnit,
} from './provisioning.testing.ts';

/** Outcome, or the code of the refusal. */
async function register(bench: ProvisioningBench, presented: Awaited<ReturnType<typeof present>>): Promise<string> {
  const result = await bench.registration.register(presented, ADDRESS);
  return result.outcome === 'REFUSED' ? result.refusal.code : result.outcome;
}

async function registerUnit(bench: ProvisioningBench, station: EnrolledTestStation, unit: TestUnit): Promise<string> {
  return register(bench, await present(await recordOf(station, unit), station.key));
}

/** The order of P-256 (SEC 2, 2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other signature that verifies where `signature` does: r, and the order less s. */
function twinOf(signature: Uint8Array): Uint8Array {
  const s = ORDER - BigInt(`0x${toHex(signature.subarray(32))}`);
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
}

test('a unit becomes a device with its keys and their ends, and the audit trail names the station', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation({ name: 'line 1' });
  const unit = newUnit({ device: deviceName('pump-1') }, [newKey(), newKey(), newKey()]);
  const record = await recordOf(station, unit);
  const ends = [undefined, 1_900_000_000_000, 2_000_000_000_000];
  const keys = record.keys.map((key, at) => ({ publicKey: key.publicKey, expiresAtMs: ends[at] }));
  const dated = await recordOf(station, { ...unit, facts: { ...unit.facts, keys } });
  assert.equal(await register(bench, await present(dated, station.key)), 'CREATED');

  const device = await bench.devices.get(deviceName('pump-1'));
  assert.deepEqual(
    device.credentials.map(({ format, pem, expiresAtMs }) => [format, pem, expiresAtMs]),
    unit.keys.map(({ publicKeyPem }, at) => ['ES256_PEM', publicKeyPem, ends[at]]),
  );
  const [entry] = await bench.auditTrail.list(1);
  assert.deepEqual([entry?.action, entry?.principal], ['createDevice', `station:${station.record.id} (line 1)`]);
  const [listed] = (await bench.stations.list(REGISTRY, FIRST_PAGE)).items;
  assert.deepEqual([listed?.registeredDevices, listed?.lastUsedAtMs], [1, bench.clock.now()]);
});

test('the same record again is the same device, also signed anew, and counts once', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation({ maxDevices: 1 });
  const record = await recordOf(station, newUnit());
  const outcomes = [];
  for (let time = 0; time < 3; time++) outcomes.push(await register(bench, await present(record, station.key)));
  assert.deepEqual(outcomes, ['CREATED', 'ALREADY_REGISTERED', 'ALREADY_REGISTERED']);
  assert.equal((await bench.stations.list(REGISTRY, FIRST_PAGE)).items[0]?.registeredDevices, 1);
});

test('the same record ten times at once makes one device', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const presented = await present(await recordOf(station, newUnit()), station.key);
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => register(bench, presented)));
  assert.deepEqual(outcomes.sort(), [...Array<string>(9).fill('ALREADY_REGISTERED'), 'CREATED']);
});

test('ten units at once of a station that may register three make three devices', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation({ maxDevices: 3 });
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => registerUnit(bench, station, newUnit())));
  assert.deepEqual(outcomes.sort(), [
    ...Array<string>(3).fill('CREATED'),
    ...Array<string>(7).fill('STATION_EXHAUSTED'),
  ]);
  assert.equal((await bench.devices.list(REGISTRY, {}, { pageSize: 100, pageToken: '' })).items.length, 3);
});

test("the twin of a signature, whose s is the order less s, makes a record neither new nor another's", async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const first = await present(await recordOf(station, newUnit()), station.key);
  const twin = { ...first, signature: twinOf(first.signature) };
  assert.notDeepEqual(twin.signature, first.signature);
  assert.equal(await register(bench, twin), 'CREATED', 'it verifies, as that of any signer may look');
  assert.equal(await register(bench, first), 'ALREADY_REGISTERED');
  assert.equal(await register(bench, twin), 'ALREADY_REGISTERED');
  assert.equal((await bench.stations.list(REGISTRY, FIRST_PAGE)).items[0]?.registeredDevices, 1);
});

test('a record whose proofs are replaced by their twins is not what the station has signed', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const record = await recordOf(station, newUnit());
  const { signature } = await present(record, station.key);
  const twins = record.keys.map((key) => ({ ...key, proof: twinOf(key.proof) }));
  const { record: bytes } = await present({ ...record, keys: twins }, station.key);
  assert.equal(await register(bench, { record: bytes, signature }), 'UNIT_RECORD_REFUSED');
});

test('a station that is not there is refused in the time that a wrong signature takes', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const record = await recordOf(station, newUnit());
  const wrong = await present(record, newKey());
  const stranger = await present({ ...record, station: '0123456789abcdef' }, station.key);
  const timesMs: Record<'wrong' | 'stranger', number[]> = { wrong: [], stranger: [] };
  for (let time = 0; time < 60; time++) {
    for (const [what, each] of [
      ['wrong', wrong],
      ['stranger', stranger],
    ] as const) {
      const startedMs = performance.now();
      await register(bench, each);
      timesMs[what].push(performance.now() - startedMs);
    }
  }
  // The least of many is what the work takes, whatever else the machine does.
  const ratio = Math.min(...timesMs.stranger) / Math.min(...timesMs.wrong);
  assert.ok(ratio > 0.65 && ratio < 1.5, `${ratio}`);
});

test('another unit under the id of a registered record is a replay', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const first = await recordOf(station, newUnit());
  await register(bench, await present(first, station.key));
  assert.equal(await registerUnit(bench, station, newUnit({ id: first.id })), 'UNIT_RECORD_REPLAYED');
});

test('forged records are refused with one answer, whatever is wrong, and the log knows what', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const record = await recordOf(station, newUnit());
  const { record: bytes, signature } = await present(record, station.key);
  const text = Buffer.from(bytes).toString().replace('"revision":301', '"revision":300');
  const changed = { record: new Uint8Array(Buffer.from(text)), signature };
  const stranger = await present({ ...record, station: '0123456789abcdef' }, station.key);
  const codes = [];
  for (const each of [
    changed,
    await present(record, newKey()),
    stranger,
    { record: bytes, signature: new Uint8Array() },
  ]) {
    codes.push(await register(bench, each));
  }
  assert.deepEqual(codes, Array(4).fill('UNIT_RECORD_REFUSED'));
  assert.deepEqual(
    bench.reasons.map((reason) => /no such station|signature is wrong/.exec(reason)?.[0]),
    ['signature is wrong', 'signature is wrong', 'no such station', 'signature is wrong'],
  );
  assert.equal(bench.devices.findDevice(record.device), undefined);
});

test('a unit that has not proven each of its keys, or has for another installation, is refused', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const unit = newUnit({}, [newKey(), newKey()]);
  const record = await recordOf(station, unit);
  const [first, second] = record.keys;
  const swapped = { ...record, keys: [first!, { ...second!, proof: first!.proof }] };
  const otherMac = { ...record, mac: '24:0a:c4:12:34:56' };
  const foreign = await recordOf(station, unit, new Uint8Array(32));
  for (const each of [swapped, otherMac, foreign]) {
    assert.equal(await register(bench, await present(each, station.key)), 'UNIT_PROOF_WRONG');
  }
});

test('a key that is no point of the curve is refused as what it is', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const record = await recordOf(station, newUnit());
  const publicKey = Uint8Array.from(record.keys[0]!.publicKey).fill(1, 27);
  const off = { ...record, keys: [{ ...record.keys[0]!, publicKey }] };
  assert.equal(await register(bench, await present(off, station.key)), 'KEY_UNREADABLE');
});

for (const [what, spoil, code] of [
  ['revoked', (bench, id) => bench.stations.revoke(REGISTRY, id, 'local:test'), 'STATION_REVOKED'],
  ['at its end', async ({ clock }) => clock.advance(DAY_MS), 'STATION_EXPIRED'],
] as const satisfies readonly (readonly [
  string,
  (bench: ProvisioningBench, id: string) => Promise<unknown>,
  string,
])[]) {
  test(`a station that is ${what} registers nothing more, learns of no device, and may ask for what it registered`, async () => {
    await using bench = await provisioningBench();
    const station = await bench.enrolStation();
    const before = await present(await recordOf(station, newUnit()), station.key);
    const waiting = await present(await recordOf(station, newUnit()), station.key);
    await register(bench, before);
    await bench.devices.create(deviceName('taken'), {}, 'local:test');
    await spoil(bench, station.record.id);
    assert.equal(await register(bench, waiting), code);
    assert.equal(await registerUnit(bench, station, newUnit({ device: deviceName('taken') })), code);
    assert.equal(await register(bench, before), 'ALREADY_REGISTERED');
  });
}

test('a station registers in its own registry only, and not in a new one of the same name', async () => {
  await using bench = await provisioningBench();
  const other = { ...REGISTRY, registry: 'greenhouse' };
  await bench.registries.create(other, {}, 'local:test');
  const station = await bench.enrolStation();
  const foreign = newUnit({ device: { ...other, device: 'unit-x' } });
  assert.equal(await registerUnit(bench, station, foreign), 'STATION_REGISTRY_FOREIGN');

  await bench.registries.delete(REGISTRY, 'local:test');
  await bench.registries.create(REGISTRY, {}, 'local:test');
  assert.equal(await registerUnit(bench, station, newUnit()), 'UNIT_RECORD_REFUSED');
});

test('a MAC address comes once, also after its device was deleted; nothing is left of the refused unit', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const first = newUnit({ device: deviceName('pump-1') });
  await registerUnit(bench, station, first);
  const again = newUnit({ mac: first.facts.mac!, device: deviceName('pump-2') });
  assert.equal(await registerUnit(bench, station, again), 'UNIT_MAC_USED');
  await bench.devices.delete(deviceName('pump-1'), 'local:test');
  assert.equal(await registerUnit(bench, station, again), 'UNIT_MAC_USED');
  assert.equal(bench.devices.findDevice(deviceName('pump-2')), undefined);
  assert.equal((await bench.stations.list(REGISTRY, FIRST_PAGE)).items[0]?.registeredDevices, 1);
  assert.equal(await registerUnit(bench, station, { ...again, facts: newUnit().facts }), 'CREATED', 'its key is free');
});

test('a retired record does not bring its device back', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const unit = newUnit();
  const presented = await present(await recordOf(station, unit), station.key);
  await register(bench, presented);
  await bench.devices.delete(unit.facts.device!, 'local:test');
  assert.equal(await register(bench, presented), 'UNIT_RETIRED');
  assert.equal(bench.devices.findDevice(unit.facts.device!), undefined);
});

test("a key that was ever a device's comes no second time, however that device was made", async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  const [registered, byHand, added] = [newKey(), newKey(), newKey()];
  await registerUnit(bench, station, newUnit({}, [registered]));
  const credential = (pem: string) => ({ format: 'ES256_PEM' as const, pem, expiresAtMs: undefined });
  const hand = deviceName('by-hand');
  await bench.devices.create(hand, { credentials: [credential(byHand.publicKeyPem)] }, 'local:test');
  await bench.devices.patch(hand, { credentials: [credential(added.publicKeyPem)] }, 'local:test');
  await bench.devices.delete(hand, 'local:test');
  for (const key of [registered, byHand, added]) {
    assert.equal(await registerUnit(bench, station, newUnit({}, [newKey(), key])), 'UNIT_KEY_USED');
  }
});

test('a device id that is taken is not taken over', async () => {
  await using bench = await provisioningBench();
  const station = await bench.enrolStation();
  await bench.devices.create(deviceName('pump-1'), {}, 'local:test');
  assert.equal(await registerUnit(bench, station, newUnit({ device: deviceName('pump-1') })), 'DEVICE_EXISTS');
});

test('a station is not made with more life than its maker has, without a fit key, or with a used one', async () => {
  await using bench = await provisioningBench();
  const now = bench.clock.now();
  const fields = { name: 'line', publicKey: newKey().publicKeyPem, maxDevices: 1, expiresAtMs: now + 2 };
  const enrol = (given: object, endsAtMs?: number) =>
    bench.stations.enrol(REGISTRY, { ...fields, ...given }, { ...ADMIN, endsAtMs });
  await assert.rejects(enrol({}, now + 1), { code: 'PROVISIONING_OUTLIVES_CALLER' });
  await assert.rejects(enrol({ expiresAtMs: now }), { code: 'PROVISIONING_END_PAST' });
  await assert.rejects(enrol({ publicKey: 'key' }), { code: 'STATION_KEY_UNFIT' });
  await assert.rejects(enrol({ name: 'a\nb' }), { code: 'PROVISIONING_NAME_UNFIT' });
  await enrol({}, now + 2);
  await assert.rejects(enrol({ publicKey: fields.publicKey.replaceAll('\n', '\r\n') }), { code: 'STATION_KEY_USED' });
  await assert.rejects(bench.stations.revoke(REGISTRY, 'nobody', 'local:test'), { code: 'STATION_NOT_FOUND' });
});
