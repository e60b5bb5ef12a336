import { base64UrlEncode } from '@mkiot/core/bytes/base64';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { ProblemResponse } from '@mkiot/core/api/resources';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { encodeEnrolmentProof } from '@mkiot/core/provisioning/enrolmentTicket';
import { signUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApi } from '../http/createApi.ts';
import { deviceName, PLACE, REGISTRY } from '../registry/registry.testing.ts';
import { openProvisioning } from './openProvisioning.ts';
import {
  ADDRESS,
  ADMIN,
  BRIDGE_ADDRESS,
  BRIDGE_ID,
  DAY_MS,
  newKey,
  newUnit,
  provisioningBench,
  recordOf,
} from './provisioning.testing.ts';
import { sha256 } from './sha256.ts';

const PARENT = '/v1/projects/mkiot-abc123/locations/local/registries/pumps';

interface Answer {
  readonly [member: string]: unknown;
  readonly error?: ProblemResponse['error'];
}

async function httpBench() {
  const bench = await provisioningBench();
  const provisioning = openProvisioning(bench.parts, PLACE.project);
  const api = createApi(provisioning.apiRoutes, {
    authenticate: () => assert.fail('the caller is known or not asked for'),
    logger: { error: (entry: unknown) => assert.fail(JSON.stringify(entry)) },
    randomFill: (bytes) => bytes,
    version: '0',
    health: () => [],
  });
  return {
    ...bench,
    provisioning,
    /** As an administrator; `POST!` as nobody. */
    async send(call: string, body?: object): Promise<{ status: number; answer: Answer; reason: unknown }> {
      const [method = '', path = ''] = call.split(' ');
      const isNobody = method.endsWith('!');
      const init = { method: method.replace('!', ''), ...(body && { body: JSON.stringify(body) }) };
      const response = await api.request(path, init, { remoteAddress: ADDRESS, ...(!isNobody && { caller: ADMIN }) });
      const answer = (await response.json()) as Answer;
      return { status: response.status, answer, reason: answer.error?.details[0]?.['reason'] };
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

test('a station is enrolled, listed with what it did, and revoked', async () => {
  await using bench = await httpBench();
  const expireTime = new Date(bench.clock.now() + DAY_MS).toISOString();
  const key = newKey();
  const fields = { name: 'line', publicKey: key.publicKeyPem, maxDevices: 5, expireTime };
  const { answer: station } = await bench.send(`POST ${PARENT}/stations`, fields);
  assert.deepEqual(station, {
    id: station['id'],
    name: 'line',
    registry: PARENT.slice('/v1/'.length),
    publicKey: key.publicKeyPem,
    maxDevices: 5,
    registeredDevices: 0,
    createTime: new Date(bench.clock.now()).toISOString(),
    expireTime,
    bridgeId: Buffer.from(BRIDGE_ID).toString('base64'),
    ...BRIDGE_ADDRESS,
  });
  await bench.send(`DELETE ${PARENT}/stations/${String(station['id'])}`);
  const { answer } = await bench.send(`GET ${PARENT}/stations`);
  const [listed] = answer['stations'] as readonly Answer[];
  assert.deepEqual([listed?.['id'], listed?.['revokeTime']], [station['id'], station['createTime']]);
  for (const wrong of [{ maxDevices: 0 }, { expireTime: 'soon' }, { maxDevices: 1_000_001 }, { more: 1 }]) {
    assert.equal((await bench.send(`POST ${PARENT}/stations`, { ...fields, ...wrong })).status, 400);
  }
});

test('a batch of records is answered record by record, in its order, to anybody who brings it', async () => {
  await using bench = await httpBench();
  const station = await bench.enrolStation({ maxDevices: 2 });
  const sign = async (unit = newUnit(), key = station.key) => signUnitRecord(await recordOf(station, unit), key);
  const [first, forged] = [await sign(), await sign(newUnit(), newKey())];
  const nonsense = { record: base64UrlEncode(new Uint8Array(9)), signature: '' };
  const records = [first, forged, nonsense, await sign(), first, await sign()];
  const { status, answer } = await bench.send('POST! /v1/unitRecords:register', { records });
  const units = answer['units'] as readonly {
    outcome: string;
    code?: string;
    deviceNumId?: string;
    message?: string;
  }[];
  assert.deepEqual(
    [status, ...units.map(({ outcome, code }) => code ?? outcome)],
    [
      200,
      'CREATED',
      'UNIT_RECORD_REFUSED',
      'UNIT_RECORD_NOT_JSON',
      'CREATED',
      'ALREADY_REGISTERED',
      'STATION_EXHAUSTED',
    ],
  );
  assert.equal(units[0]?.deviceNumId, units[4]?.deviceNumId);
  assert.match(units[5]?.message ?? '', /2 devices/);
});

test('stations and tickets are listed page by page, the oldest first', async () => {
  await using bench = await httpBench();
  const ends = bench.clock.now() + 2 * DAY_MS;
  const stations: string[] = [];
  for (let time = 0; time < 5; time++) {
    // Some at the same moment.
    if (time % 2 === 0) bench.clock.advance(1_000);
    stations.push((await bench.enrolStation({ expiresAtMs: ends })).record.id);
    await bench.tickets.create(REGISTRY, { count: 2, expiresAtMs: ends }, ADMIN);
  }
  for (const [list, member, count] of [
    ['stations', 'stations', 5],
    ['enrolmentTickets', 'tickets', 10],
  ] as const) {
    const found: { readonly id: string; readonly createTime: string }[] = [];
    let pageToken = '';
    do {
      const { answer } = await bench.send(`GET ${PARENT}/${list}?pageSize=2&pageToken=${pageToken}`);
      const items = answer[member] as typeof found;
      assert.ok(items.length <= 2);
      found.push(...items);
      pageToken = (answer['nextPageToken'] as string | undefined) ?? '';
    } while (pageToken !== '');
    assert.deepEqual([found.length, new Set(found.map(({ id }) => id)).size], [count, count]);
    const times = found.map(({ createTime }) => createTime);
    assert.deepEqual(times, times.toSorted());
    if (list === 'stations') assert.deepEqual(found.map(({ id }) => id).sort(), stations.sort());
    for (const token of ['!', base64UrlEncode(utf8Encode('soon'))]) {
      const { reason } = await bench.send(`GET ${PARENT}/${list}?pageToken=${token}`);
      assert.equal(reason, 'PAGE_TOKEN_MALFORMED');
    }
  }
});

test('a station or ticket of another registry is not there to be revoked', async () => {
  await using bench = await httpBench();
  await bench.registries.create({ ...REGISTRY, registry: 'greenhouse' }, {}, 'local:test');
  const station = await bench.enrolStation();
  const fields = { count: 1, expiresAtMs: bench.clock.now() + DAY_MS };
  const [ticket] = await bench.tickets.create(REGISTRY, fields, ADMIN);
  const elsewhere = PARENT.replace('pumps', 'greenhouse');
  for (const [path, code] of [
    [`stations/${station.record.id}`, 'STATION_NOT_FOUND'],
    [`enrolmentTickets/${ticket?.record.id}`, 'TICKET_NOT_FOUND'],
  ] as const) {
    assert.equal((await bench.send(`DELETE ${elsewhere}/${path}`)).reason, code);
    assert.equal((await bench.send(`DELETE ${PARENT}/${path}`)).status, 200);
  }
});

test('more records than a call may have, and a body that is too long, are refused before any is looked at', async () => {
  await using bench = await httpBench();
  const records = (count: number, text: string) =>
    Array.from({ length: count }, () => ({ record: text, signature: '' }));
  const register = (body: object) => bench.send('POST! /v1/unitRecords:register', body);
  assert.equal((await register({ records: records(17, 'AAAA') })).status, 400);
  assert.equal((await register({ records: [] })).status, 400);
  assert.equal((await register({ records: records(4, 'A'.repeat(8_000)) })).reason, 'BODY_TOO_LARGE');
});

test('a board redeems its ticket; every refusal sounds alike and comes later each time', async () => {
  await using bench = await httpBench();
  const expireTime = new Date(bench.clock.now() + DAY_MS).toISOString();
  const { answer } = await bench.send(`POST ${PARENT}/enrolmentTickets`, { count: 1, expireTime });
  const [{ ticket }] = answer['tickets'] as readonly [{ ticket: string }];
  const [key, name] = [newKey(), deviceName('pump-1')];
  const proof = Buffer.from(await key.sign(await encodeEnrolmentProof(ticket, name, BRIDGE_ID, sha256)));
  const board = {
    ticket,
    device: formatDeviceName(name),
    publicKey: key.publicKeyPem,
    proof: proof.toString('base64'),
  };
  const redeem = (given: object = {}) => bench.send('POST! /v1/enrolmentTickets:redeem', { ...board, ...given });

  const refusals = [await redeem({ ticket: 'x' }), await redeem({ proof: '' }), await redeem({ mac: 'x' })];
  let isAnswered = false;
  const fourth = redeem({ publicKey: 'x' }).finally(() => (isAnswered = true));
  await until(() => bench.reasons.length === 4);
  assert.equal(isAnswered, false);
  const accepted = await redeem();
  assert.deepEqual([accepted.status, isAnswered], [200, false], 'who has a right ticket waits for nobody');
  assert.match(String(accepted.answer['deviceNumId']), /^\d{16}$/);
  bench.provisioning.close();
  refusals.push(await fourth, await redeem());
  assert.deepEqual(
    new Set(refusals.map(({ status, reason }) => `${status} ${String(reason)}`)),
    new Set(['401 ENROLMENT_REFUSED']),
  );
  assert.equal(new Set(refusals.map(({ answer: { error } }) => JSON.stringify(error))).size, 1);
  assert.equal(new Set(bench.reasons).size, 5, 'and the log tells them apart');
});

test('forgeries come later each time, and neither damaged records nor ones sent again make up for them', async () => {
  await using bench = await httpBench();
  const station = await bench.enrolStation();
  const good = await signUnitRecord(await recordOf(station, newUnit()), station.key);
  const another = await signUnitRecord(await recordOf(station, newUnit()), station.key);
  const forged = { ...good, signature: base64UrlEncode(new Uint8Array(64)) };
  const damaged = { record: 'AAAA', signature: '' };
  const register = (...records: readonly object[]) => bench.send('POST! /v1/unitRecords:register', { records });
  await register(good);

  for (const record of [forged, damaged, forged]) await register(record);
  await register(good);
  let isAnswered = false;
  const fourth = register(damaged, good).finally(() => (isAnswered = true));
  await until(() => bench.reasons.length === 4);
  await register(good);
  assert.equal(isAnswered, false);
  bench.provisioning.close();
  await fourth;
  await register(another);
  await register(forged);
});

test('whoever guesses tickets waits, though he names another device each time', async () => {
  await using bench = await httpBench();
  let answered = 0;
  const guesses = Array.from({ length: 5 }, async (_, at) => {
    const device = formatDeviceName(deviceName(`pump-${at}`));
    await bench.send('POST! /v1/enrolmentTickets:redeem', { ticket: 'x', device, publicKey: 'x', proof: '' });
    answered += 1;
  });
  await until(() => answered === 3 && bench.reasons.length === 5);
  bench.provisioning.close();
  await Promise.all(guesses);
});

/** Resolves when `isSo`: what leads there is work of this process alone. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
