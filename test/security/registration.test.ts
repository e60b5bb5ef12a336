import { ApiClient } from '@mkiot/core/api/client';
import type { EnrolledStation, RegisteredUnit } from '@mkiot/core/api/clientProvisioning';
import { base64Decode, base64Encode, base64UrlEncode } from '@mkiot/core/bytes/base64';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { type DeviceName, formatDeviceName } from '@mkiot/core/contract/resourceNames';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { webSha256 } from '@mkiot/core/crypto/webSha256';
import { encodeEnrolmentProof } from '@mkiot/core/provisioning/enrolmentTicket';
import { publicKeyOfPem } from '@mkiot/core/provisioning/p256PublicKey';
import { type SignedUnitRecord, signUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { encodeUnitProof } from '@mkiot/core/provisioning/unitProof';
import type { UnitFacts, UnitRecord } from '@mkiot/core/provisioning/unitRecord';
import { newKey } from '@mkiot/server/provisioning/provisioning.testing';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { json as jsonOf } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';

const REGISTER = '/v1/unitRecords:register';
const REDEEM = '/v1/enrolmentTickets:redeem';
const PARALLEL = 50;

interface Answer {
  readonly status: number;
  readonly body: { readonly units?: readonly RegisteredUnit[]; readonly error?: object };
}

/** A platform of which stations and boards know the HTTPS port and its authority, and nothing else. */
class RegistrationBench implements AsyncDisposable {
  readonly platform: TestPlatform;
  readonly admin: ApiClient;
  readonly log: readonly string[];
  readonly #agent: Agent;

  private constructor(platform: TestPlatform, log: readonly string[]) {
    const { loopbackPort, caFile } = platform.address;
    this.platform = platform;
    this.log = log;
    const at = `http://127.0.0.1:${loopbackPort}`;
    this.admin = new ApiClient((path, init) => fetch(at + path, init), platform.adminToken);
    this.#agent = new Agent({ keepAlive: true, ca: readFileSync(caFile) });
  }

  static async start(): Promise<RegistrationBench> {
    const log: string[] = [];
    return new RegistrationBench(await startTestPlatform({ log: (line) => log.push(line) }), log);
  }

  device(id: string, registry = 'default'): DeviceName {
    return { project: this.platform.address.project, location: 'local', registry, device: id };
  }

  async enrol(given: { readonly maxDevices?: number; readonly lifeMs?: number } = {}): Promise<Station> {
    const { maxDevices = 100, lifeMs = 3_600_000 } = given;
    const key = newKey();
    const expireTime = new Date(Date.now() + lifeMs).toISOString();
    const fields = { name: 'line', publicKey: key.publicKeyPem, maxDevices, expireTime };
    return { key, enrolled: await this.admin.provisioning.enrolStation(this.device(''), fields) };
  }

  async devices(): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { id } of this.admin.devices.list(this.device(''))) found.push(id);
    return found;
  }

  async register(...records: readonly SignedUnitRecord[]): Promise<readonly string[]> {
    const { units = [] } = (await this.post(REGISTER, JSON.stringify({ records }))).body;
    return units.map(({ outcome, code }) => code ?? outcome);
  }

  /** Over TLS, from somebody who has no token. */
  async post(path: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const options = { host: 'localhost', port: this.platform.address.httpsPort, path, method: 'POST' };
    const type = { 'content-type': 'application/json', ...headers };
    const sent = request({ ...options, headers: type, agent: this.#agent }, (answer) => {
      void jsonOf(answer).then(
        (value) => resolve({ status: answer.statusCode ?? 0, body: value as Answer['body'] }),
        reject,
      );
    });
    sent.on('error', reject).end(body);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    await this.platform[Symbol.asyncDispose]();
  }
}

interface Station {
  readonly key: SigningKey;
  readonly enrolled: EnrolledStation;
}

/** The record of a new unit, proven by a key of its own; what `given` says is in it before anything is signed. */
async function recordOf(
  { enrolled }: Station,
  device: DeviceName,
  given: Partial<UnitFacts> = {},
  unitKey = newKey(),
): Promise<UnitRecord> {
  const facts: UnitFacts = {
    id: randomBytes(16),
    station: enrolled.id,
    timeMs: 0,
    nonce: randomBytes(32),
    device,
    mac: `24:0a:c4:${randomBytes(3).toString('hex').match(/../g)?.join(':')}`,
    chip: { name: 'ESP32', revision: 301 },
    efuseSha256: randomBytes(32),
    keys: [{ publicKey: publicKeyOfPem(unitKey.publicKeyPem) ?? new Uint8Array() }],
    ...given,
  };
  const signed = await encodeUnitProof(facts, base64Decode(enrolled.bridgeId) ?? new Uint8Array(), webSha256);
  const proof = await unitKey.sign(signed);
  return { ...facts, keys: facts.keys.map((key) => ({ ...key, proof })) };
}

function altered(signed: SignedUnitRecord, from: string, to: string): SignedUnitRecord {
  const text = utf8Decode(base64Decode(signed.record) ?? new Uint8Array());
  assert.ok(text.includes(from));
  return { ...signed, record: base64UrlEncode(utf8Encode(text.replace(from, to))) };
}

test('forged, altered, replayed and foreign records make no device, whoever brings them', async () => {
  await using it = await RegistrationBench.start();
  const [station, other] = [await it.enrol(), await it.enrol()];
  const record = await recordOf(station, it.device('pump-1'));
  const good = await signUnitRecord(record, station.key);
  assert.deepEqual(await it.register(good, good), ['CREATED', 'ALREADY_REGISTERED']);
  const { project, location } = it.device('');
  await it.admin.registries.create({ project, location }, 'greenhouse', {});

  const fresh = await recordOf(station, it.device('pump-2'));
  const signed = await signUnitRecord(fresh, station.key);
  const forgeries = {
    'signed by nobody': { ...signed, signature: base64UrlEncode(new Uint8Array(64)) },
    'without a signature': { ...signed, signature: '' },
    'signed by another station': await signUnitRecord(fresh, other.key),
    'in the name of another station': await signUnitRecord({ ...fresh, station: other.enrolled.id }, station.key),
    'in the name of no station': await signUnitRecord({ ...fresh, station: '0123456789abcdef' }, station.key),
    'altered after it was signed': altered(signed, '"revision":301', '"revision":300'),
    'with the signature of another record': { ...signed, signature: good.signature },
    'replayed under another id': altered(good, base64UrlEncode(record.id), base64UrlEncode(fresh.id)),
  };
  const answers: RegisteredUnit[] = [];
  // Some in a call: each call that is refused is answered later than the one before.
  for (const each of [Object.values(forgeries).slice(0, 4), Object.values(forgeries).slice(4)]) {
    answers.push(...((await it.post(REGISTER, JSON.stringify({ records: each }))).body.units ?? []));
  }
  const whats = Object.keys(forgeries);
  for (const [at, { code }] of answers.entries()) assert.equal(code, 'UNIT_RECORD_REFUSED', whats[at] ?? '');
  assert.deepEqual([answers.length, new Set(answers.map((each) => JSON.stringify(each))).size], [8, 1]);

  const resigned = async (change: Partial<UnitFacts>, unit = newKey()) =>
    signUnitRecord(await recordOf(station, it.device('pump-3'), change, unit), station.key);
  const withId = await signUnitRecord({ ...record, id: fresh.id }, station.key);
  assert.deepEqual(await it.register(withId), ['UNIT_PROOF_WRONG'], 'a proof is for one record id');
  assert.deepEqual(await it.register(await resigned({ id: record.id })), ['UNIT_RECORD_REPLAYED']);
  assert.deepEqual(await it.register(await resigned({ mac: record.mac })), ['UNIT_MAC_USED']);
  assert.deepEqual(await it.register(await resigned({ device: it.device('pump-1') })), ['DEVICE_EXISTS']);
  const foreign = await resigned({ device: it.device('pump-3', 'greenhouse') });
  assert.deepEqual(await it.register(foreign), ['STATION_REGISTRY_FOREIGN']);
  assert.deepEqual(await it.devices(), ['pump-1']);

  await it.admin.devices.delete(it.device('pump-1'));
  assert.deepEqual(await it.register(good), ['UNIT_RETIRED']);
  assert.deepEqual(await it.register(await resigned({ mac: record.mac })), ['UNIT_MAC_USED']);
  assert.deepEqual(await it.devices(), []);
});

test(`of ${PARALLEL} posts at once a station that may register 7 registers exactly 7`, async () => {
  await using it = await RegistrationBench.start();
  const station = await it.enrol({ maxDevices: 7 });
  const outcomes = await registerAll(it, station);
  assert.deepEqual(countOf(outcomes), { CREATED: 7, STATION_EXHAUSTED: PARALLEL - 7 });
  assert.equal((await it.devices()).length, 7);
});

for (const [what, lifeMs, isRevoked, code] of [
  ['revoked', 3_600_000, true, 'STATION_REVOKED'],
  ['at its end', 2_500, false, 'STATION_EXPIRED'],
] as const) {
  test(`a station that is ${what} in the middle of parallel posts has made the devices of which it was told, and makes no more`, async () => {
    await using it = await RegistrationBench.start();
    const station = await it.enrol({ maxDevices: 10_000, lifeMs });
    let isEnded: Promise<void> | undefined;
    const end = (): void => {
      if (isRevoked) isEnded ??= it.admin.provisioning.revokeStation(it.device(''), station.enrolled.id);
    };
    const outcomes: string[] = [];
    do outcomes.push(...(await registerAll(it, station, outcomes.length, end)));
    while (!outcomes.includes(code));
    await isEnded;
    const { CREATED: created = 0, ...rest } = countOf(outcomes);
    assert.deepEqual(rest, { [code]: outcomes.length - created });
    const late = await signUnitRecord(await recordOf(station, it.device('late')), station.key);
    assert.deepEqual(await it.register(late), [code]);
    assert.equal((await it.devices()).length, created);
    for await (const { registeredDevices } of it.admin.provisioning.listStations(it.device(''))) {
      assert.equal(registeredDevices, created);
    }
  });
}

/** A unit each in a post of its own, all at once. @param onAnswer called with each answer */
async function registerAll(
  it: RegistrationBench,
  station: Station,
  first = 0,
  onAnswer: () => void = () => undefined,
): Promise<readonly string[]> {
  const signing = Array.from({ length: PARALLEL }, async (_, at) =>
    signUnitRecord(await recordOf(station, it.device(`unit-${first + at}`)), station.key),
  );
  const records = await Promise.all(signing);
  const posts = records.map(async (record) => {
    const outcome = await it.register(record);
    onAnswer();
    return outcome;
  });
  return (await Promise.all(posts)).flat();
}

function countOf(outcomes: readonly string[]): Readonly<Record<string, number>> {
  const groups = Object.groupBy(outcomes, (outcome) => outcome);
  return Object.fromEntries(Object.entries(groups).map(([outcome, all = []]) => [outcome, all.length]));
}

test('of five boards with one ticket at the same moment one is enrolled, and the log never has the ticket', async () => {
  await using it = await RegistrationBench.start();
  const { bridgeId } = (await it.enrol()).enrolled;
  const expireTime = new Date(Date.now() + 3_600_000).toISOString();
  const [issued] = await it.admin.provisioning.createTickets(it.device(''), { count: 1, expireTime });
  const { ticket } = issued!;
  const redeem = async (id: string, key = newKey()) => {
    const device = it.device(id);
    const bridge = base64Decode(bridgeId) ?? new Uint8Array();
    const proof = base64Encode(await key.sign(await encodeEnrolmentProof(ticket, device, bridge, webSha256)));
    const board = { ticket, device: formatDeviceName(device), publicKey: key.publicKeyPem, proof };
    return it.post(REDEEM, JSON.stringify(board));
  };
  const answers = await Promise.all(Array.from({ length: 5 }, (_, at) => redeem(`pump-${at}`)));
  assert.deepEqual(countOf(answers.map(({ status }) => String(status))), { 200: 1, 401: 4 });
  const refusals = answers.filter(({ status }) => status === 401).map(({ body }) => JSON.stringify(body));
  assert.equal(new Set(refusals).size, 1, 'whether the device was there, or the ticket used, is not told');
  assert.equal((await it.devices()).length, 1);
  assert.ok(!it.log.join('\n').includes(ticket.slice(13)));
});

test('a body that is too long, unpacks to too much, or never ends keeps nobody from registering', async () => {
  await using it = await RegistrationBench.start();
  const station = await it.enrol();
  const long = JSON.stringify({ records: [{ record: 'A'.repeat(20_000), signature: '' }] });
  const bomb = gzipSync(JSON.stringify({ records: [{ record: 'A'.repeat(50_000_000), signature: '' }] }));
  for (const answer of [
    await it.post(REGISTER, long),
    await it.post(REGISTER, bomb.subarray(0, 16_000), { 'content-encoding': 'gzip' }),
  ]) {
    assert.equal(answer.status, 400);
    assert.match(JSON.stringify(answer.body.error), /BODY_TOO_LARGE/);
  }
  const { httpsPort: port, caFile } = it.platform.address;
  const ca = readFileSync(caFile);
  const slow = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = connect({ host: 'localhost', port, ca });
      await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
      const head = `POST ${REGISTER} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9000`;
      socket.write(`${head}\r\n\r\n{"records":[`);
      return socket;
    }),
  );
  try {
    const record = await signUnitRecord(await recordOf(station, it.device('pump-1')), station.key);
    assert.deepEqual(await it.register(record), ['CREATED']);
  } finally {
    for (const socket of slow) socket.destroy();
  }
});
