import { ApiClient } from '@mkiot/core/api/client';
import type {
  EnrolledStation,
  EnrolmentTicket,
  ProvisionedUnit,
  RegisteredUnit,
  Station,
} from '@mkiot/core/api/clientProvisioning';
import { base64Decode, base64Encode } from '@mkiot/core/bytes/base64';
import { toHex } from '@mkiot/core/bytes/bytes';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { createJwt } from '@mkiot/core/jwt/createJwt';
import { encodeEnrolmentProof } from '@mkiot/core/provisioning/enrolmentTicket';
import { publicKeyOfPem } from '@mkiot/core/provisioning/p256PublicKey';
import { type SignedUnitRecord, signUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { encodeUnitProof } from '@mkiot/core/provisioning/unitProof';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import { generateSigningKeyPem, nodeSigningKey } from '@mkiot/server/runtime/nodeSigningKey';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { json, startTestPlatform, type TestPlatform } from '../../platform/platform.testing.ts';
import { readStationFile, type StationCredential } from './stationFile.ts';
import { derSignature } from './units/derSignature.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const until = (): string => new Date(Date.now() + 3_600_000).toISOString();

async function enrol(it: TestPlatform, maxDevices = 2): Promise<{ station: EnrolledStation; file: string }> {
  const file = join(it.outside, `${toHex(randomFill(new Uint8Array(4)))}.json`);
  const words = ['line 1', '--max-devices', String(maxDevices), '--until', until(), '--out', file, '--json'];
  return { station: json(await it.mkiot('station', 'enrol', ...words)) as EnrolledStation, file };
}

/** What a station does with a unit, with nothing of the server. */
async function signUnit(
  { id, registry, platform: { bridgeId }, key }: StationCredential,
  device: string,
  unitKeys = [newKey()],
): Promise<SignedUnitRecord> {
  const tail = toHex(randomFill(new Uint8Array(3)));
  const facts = {
    id: randomFill(new Uint8Array(16)),
    station: id,
    timeMs: 0,
    nonce: randomFill(new Uint8Array(32)),
    device: { ...registry, device },
    mac: `24:0a:c4:${tail.match(/../g)?.join(':')}`,
    chip: { name: 'ESP32', revision: 301 },
    efuseSha256: sha256(Uint8Array.of(1)),
    keys: unitKeys.map(({ publicKeyPem }) => ({ publicKey: publicKeyOfPem(publicKeyPem)! })),
  };
  const signed = await encodeUnitProof(facts, bridgeId, sha256);
  const proofs = await Promise.all(unitKeys.map((unitKey) => unitKey.sign(signed)));
  return signUnitRecord({ ...facts, keys: facts.keys.map((each, at) => ({ ...each, proof: proofs[at]! })) }, key);
}

const newKey = (): SigningKey => nodeSigningKey(createPrivateKey(generateSigningKeyPem()));

async function queueOf(it: TestPlatform, records: readonly SignedUnitRecord[]): Promise<string> {
  const path = join(it.outside, 'units.jsonl');
  await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

test('a station enrols, signs units while the server is away, and registers them without a login', async () => {
  await using it = await startTestPlatform();
  const { station, file } = await enrol(it);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const credential = await readStationFile(file);
  const units = await Promise.all(['unit-1', 'unit-2', 'unit-3'].map((device) => signUnit(credential, device)));
  const queue = await queueOf(it, units);

  const remote = { environment: { MKIOT_SERVER: `http://127.0.0.1:${it.platform.ports.loopback}` } };
  const first = await it.elsewhere(['station', 'register', queue, '--json'], remote);
  const outcomes = (JSON.parse(first.stdout) as RegisteredUnit[]).map(({ outcome, code }) => code ?? outcome);
  assert.deepEqual(outcomes, ['CREATED', 'CREATED', 'STATION_EXHAUSTED']);
  assert.equal(first.exitCode, 1);
  assert.match(first.stderr, /"UNITS_REFUSED","message":"1 of 3 units were refused/);
  const again = await it.elsewhere(['station', 'register', await queueOf(it, units.slice(0, 2))], remote);
  assert.equal(again.exitCode, 0);
  assert.match(again.stdout, /^2 +already registered +\d+ +-/m);
  assert.match((await it.mkiot('device', 'list')).stdout, /^unit-1 .*\nunit-2 /m);

  assert.match((await it.mkiot('station', 'list')).stdout, new RegExp(`^${station.id} +line 1 +2 of 2 `, 'm'));
});

test('a unit with three keys logs in with each in its turn, as the keys are rotated', async () => {
  await using it = await startTestPlatform();
  const station = await readStationFile((await enrol(it)).file);
  const keys = [newKey(), newKey(), newKey()];
  const queue = await queueOf(it, [await signUnit(station, 'unit-1', keys)]);
  assert.equal((await it.mkiot('station', 'register', queue)).exitCode, 0);

  const { registry } = station;
  const path = `/v1/${formatDeviceName({ ...registry, device: 'unit-1' })}:publishEvent`;
  const publish = async (key: SigningKey): Promise<number> => {
    const iat = Math.floor(Date.now() / 1_000);
    const token = await createJwt({ aud: registry.project, iat, exp: iat + 60 }, key);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const url = `http://127.0.0.1:${it.platform.ports.loopback}${path}`;
    return (await fetch(url, { method: 'POST', headers, body: '{"binaryData":"AA=="}' })).status;
  };
  const statuses = () => Promise.all(keys.map(publish));
  assert.deepEqual(await statuses(), [200, 200, 200]);
  await it.mkiot('device', 'keys', 'rotate', 'unit-1');
  assert.deepEqual(await statuses(), [401, 200, 200]);
  await it.mkiot('device', 'keys', 'rotate', 'unit-1');
  assert.deepEqual(await statuses(), [401, 401, 200]);
});

test('a station reads nothing, and its signature opens no other call', async () => {
  await using it = await startTestPlatform();
  const { file } = await enrol(it);
  const unit = await signUnit(await readStationFile(file), 'unit-1');
  const remote = {
    environment: {
      MKIOT_SERVER: `http://127.0.0.1:${it.platform.ports.loopback}`,
      MKIOT_TOKEN: `${unit.record}.${unit.signature}`,
    },
  };
  for (const words of [['device', 'list'], ['station', 'list'], ['device', 'create', 'pump-1'], ['whoami']]) {
    assert.match((await it.elsewhere(words, remote)).stderr, /\[TOKEN_REFUSED\]/, words.join(' '));
  }
});

test('only people of the right role enrol stations and make tickets', async () => {
  await using it = await startTestPlatform();
  const server = `http://127.0.0.1:${it.platform.ports.loopback}`;
  const words = ['station', 'enrol', 'line', '--max-devices', '1', '--until', until(), '--out', join(it.outside, 'x')];
  for (const [role, code] of [
    ['deviceController', 'PERMISSION_MISSING'],
    ['provisioner', undefined],
  ] as const) {
    const { token } = json(await it.mkiot('token', 'create', '--name', 'n', '--role', role, '--json')) as {
      readonly token: string;
    };
    const { exitCode, stderr } = await it.elsewhere(words, {
      environment: { MKIOT_SERVER: server, MKIOT_TOKEN: token },
    });
    assert.deepEqual([exitCode, /\[(\w+)\]/.exec(stderr)?.[1]], [code === undefined ? 0 : 1, code]);
  }
});

test('a revoked station registers nothing more', async () => {
  await using it = await startTestPlatform();
  const { station, file } = await enrol(it);
  const queue = await queueOf(it, [await signUnit(await readStationFile(file), 'unit-1')]);
  assert.equal((await it.mkiot('station', 'revoke', station.id)).stdout, `Station ${station.id} is revoked.\n`);
  const { exitCode, stdout } = await it.mkiot('station', 'register', queue);
  assert.equal(exitCode, 1);
  assert.match(stdout, /^1 +refused +- +STATION_REVOKED/m);
  const [listed] = json(await it.mkiot('station', 'list', '--json')) as Station[];
  assert.ok(listed?.revokeTime);
});

test('a file that is there is never replaced, and a refused enrolment leaves none behind', async () => {
  await using it = await startTestPlatform();
  const { file } = await enrol(it);
  const before = await readFile(file);
  const words = ['station', 'enrol', 'line', '--max-devices', '1', '--until', until(), '--out'];
  assert.match((await it.mkiot(...words, file)).stderr, /\[STATION_FILE_NOT_MADE\]/);
  assert.deepEqual(await readFile(file), before);
  const missing = await it.mkiot(...words, `${file}.new`, '--registry', 'nowhere');
  assert.match(missing.stderr, /\[REGISTRY_NOT_FOUND\]/);
  await assert.rejects(stat(`${file}.new`), { code: 'ENOENT' });
});

test('damaged files are named, and nothing of a key is shown', async () => {
  await using it = await startTestPlatform();
  const { file } = await enrol(it);
  const queue = join(it.outside, 'queue');
  await writeFile(queue, `${JSON.stringify({ record: 'AA', signature: 'AA' })}\n{"record":1}\n`);
  assert.match((await it.mkiot('station', 'register', queue)).stderr, /Line 2 of .*\[UNIT_QUEUE_DAMAGED\]/s);
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, -9));
  await assert.rejects(readStationFile(file), (error: Error) => {
    assert.match(error.message, /no whole station file/);
    return !/PRIVATE|"/.test(error.message.replace('"mkiot station enrol"', '')) && error.cause === undefined;
  });
});

test("openssl verifies the station's signature over the bytes of the record", { skip: !hasOpenssl }, async () => {
  await using it = await startTestPlatform();
  const { station, file } = await enrol(it);
  const { record, signature } = await signUnit(await readStationFile(file), 'unit-1');
  const [keyFile, recordFile, signatureFile] = ['k.pem', 'record', 'sig'].map((name) => join(it.outside, name));
  await writeFile(keyFile!, station.publicKey);
  await writeFile(signatureFile!, derSignature(base64Decode(signature)!));
  const verify = async (bytes: Uint8Array) => {
    await writeFile(recordFile!, bytes);
    return spawnSync('openssl', ['dgst', '-sha256', '-verify', keyFile!, '-signature', signatureFile!, recordFile!])
      .status;
  };
  const bytes = base64Decode(record)!;
  assert.equal(await verify(bytes), 0);
  assert.equal(await verify(bytes.subarray(1)), 1);
});

test('tickets are shown once, enrol one board each, and can be revoked', async () => {
  await using it = await startTestPlatform();
  const made = await it.mkiot('registry', 'tickets', 'create', 'default', '--count', '2', '--until', until());
  const [ticket = ''] = made.stdout.match(/^mkiot-ticket-\S{22}$/gm) ?? [];
  const listed = await it.mkiot('registry', 'tickets', 'list');
  assert.ok(ticket !== '' && !listed.stdout.includes(ticket));

  // A board knows the installation by its pinned authority; here a station's file says the same.
  const {
    registry,
    platform: { bridgeId },
  } = await readStationFile((await enrol(it)).file);
  const [key, device] = [newKey(), { ...registry, device: 'pump-1' }];
  const proof = base64Encode(await key.sign(await encodeEnrolmentProof(ticket, device, bridgeId, sha256)));
  const api = new ApiClient((path, init) => fetch(`http://127.0.0.1:${it.platform.ports.loopback}${path}`, init));
  const board = { ticket, device: formatDeviceName(device), publicKey: key.publicKeyPem, proof };
  const { deviceNumId } = await api.provisioning.redeem(board);
  await assert.rejects(api.provisioning.redeem(board), { code: 'ENROLMENT_REFUSED' });
  assert.match((await it.mkiot('registry', 'tickets', 'list')).stdout, new RegExp(` ${deviceNumId}$`, 'm'));
  assert.ok(it.logLines.some((line) => line.includes('the ticket is used')) && !it.logLines.join('').includes(ticket));

  const unused = json(await it.mkiot('registry', 'tickets', 'list', '--json')) as EnrolmentTicket[];
  const { id } = unused.find(({ useTime }) => useTime === undefined)!;
  assert.equal((await it.mkiot('registry', 'tickets', 'revoke', 'default', id)).exitCode, 0);
  assert.match((await it.mkiot('registry', 'tickets', 'revoke', 'default', id)).stderr, /\[TICKET_NOT_FOUND\]/);
  const bad = await it.mkiot('registry', 'tickets', 'create', 'default', '--until', '2026-02-31');
  assert.deepEqual([bad.exitCode, /\[ARGUMENT_WRONG\]/.test(bad.stderr)], [2, true]);
});

test(
  'openssl verifies what a station has signed of a unit, from the files of an export alone',
  { skip: !hasOpenssl },
  async () => {
    await using it = await startTestPlatform();
    const { station, file } = await enrol(it);
    const unit = await signUnit(await readStationFile(file), 'unit-1');
    await it.mkiot('station', 'register', await queueOf(it, [unit]));
    const [listed] = json(await it.mkiot('station', 'units', 'list', '--json')) as ProvisionedUnit[];
    assert.ok(listed);
    assert.deepEqual({ record: listed.record, signature: listed.signature }, unit, 'as it came');

    const folder = join(it.outside, 'export');
    const exported = await it.mkiot('station', 'units', 'export', listed.mac.toUpperCase(), '--out', folder);
    assert.equal(exported.exitCode, 0, exported.stderr);
    const words = ['dgst', '-sha256', '-verify', 'station.pem', '-signature', 'record.sig', 'record.json'];
    const openssl = () => spawnSync('openssl', words, { cwd: folder }).status;
    assert.equal(openssl(), 0);
    const record = await readFile(join(folder, 'record.json'), 'utf8');
    assert.equal((JSON.parse(record) as { mac: string }).mac, listed.mac);
    await writeFile(join(folder, 'record.json'), record.replace('"revision":301', '"revision":300'));
    assert.equal(openssl(), 1);

    const shown = (await it.mkiot('device', 'get', 'unit-1')).stdout;
    for (const line of [`^Registered +\\S+Z by station ${station.id}$`, `^MAC address +${listed.mac}$`]) {
      assert.match(shown, new RegExp(line, 'm'));
    }
    assert.match(shown, /^Chip +ESP32, revision v3\.1$/m);
    const missing = await it.mkiot('station', 'units', 'export', '24:0a:c4:00:00:00', '--out', folder);
    assert.match(missing.stderr, /\[UNIT_NOT_FOUND\]/);
  },
);

test('an editor of the whole installation releases a retired board, and nobody of less', async () => {
  await using it = await startTestPlatform();
  const credential = await readStationFile((await enrol(it)).file);
  const unit = await signUnit(credential, 'unit-1');
  await it.mkiot('station', 'register', await queueOf(it, [unit]));
  await it.mkiot('device', 'delete', 'unit-1');
  const [{ mac, retired } = { mac: '', retired: false }] = json(
    await it.mkiot('station', 'units', 'list', '--json'),
  ) as ProvisionedUnit[];
  assert.equal(retired, true);

  const server = `http://127.0.0.1:${it.platform.ports.loopback}`;
  const as = async (words: readonly string[], ...role: readonly string[]) => {
    const made = json(await it.mkiot('token', 'create', '--name', 'n', '--json', ...role)) as {
      readonly token: string;
    };
    return it.elsewhere(words, { environment: { MKIOT_SERVER: server, MKIOT_TOKEN: made.token } });
  };
  const release = ['station', 'units', 'release', mac, '--why', 'repaired'];
  for (const role of ['viewer', 'deviceController', 'provisioner']) {
    assert.match((await as(release, '--role', role)).stderr, /\[PERMISSION_MISSING\]/, role);
  }
  assert.match((await as(['station', 'units', 'list'], '--role', 'viewer')).stdout, /unit-1 \(deleted\)/);
  const released = await as(release, '--role', 'editor');
  assert.deepEqual([released.exitCode, released.stderr], [0, '']);
  assert.match((await it.mkiot('audit-trail', 'list')).stdout, /releaseUnit/);
  assert.match((await as(release, '--role', 'editor')).stderr, /\[UNIT_MAC_UNUSED\]/);
});
