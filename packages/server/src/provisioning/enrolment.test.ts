import { encodeEnrolmentProof } from '@mkiot/core/provisioning/enrolmentTicket';
import type { DeviceName } from '@mkiot/core/contract/resourceNames';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { deviceName, REGISTRY } from '../registry/registry.testing.ts';
import type { PresentedTicket } from './enrolment.ts';
import { ADDRESS, ADMIN, BRIDGE_ID, DAY_MS, FIRST_PAGE, newKey, provisioningBench } from './provisioning.testing.ts';
import { sha256 } from './sha256.ts';
import type { NewTickets } from './ticketService.ts';

async function ticketBench(given: Partial<NewTickets> = {}) {
  const bench = await provisioningBench();
  const fields = { count: 1, expiresAtMs: bench.clock.now() + DAY_MS, ...given };
  const [issued] = await bench.tickets.create(REGISTRY, fields, ADMIN);
  return { ...bench, ticket: issued!, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

/** As a board makes it, with a key of its own. */
async function board(ticket: string, device: DeviceName, given: Partial<PresentedTicket> = {}, key = newKey()) {
  const proof = await key.sign(await encodeEnrolmentProof(ticket, device, BRIDGE_ID, sha256));
  return { ticket, device: formatDeviceName(device), publicKey: key.publicKeyPem, proof, ...given };
}

test('a board with a ticket becomes a device with its key, once', async () => {
  await using bench = await ticketBench();
  const { text, record } = bench.ticket;
  const key = newKey();
  const first = await board(text, deviceName('pump-1'), { mac: '24:0a:c4:12:34:56' }, key);
  const numId = await bench.enrolment.redeem(first, ADDRESS);
  const device = await bench.devices.get(deviceName('pump-1'));
  assert.deepEqual([device.numId, device.credentials.map(({ pem }) => pem)], [numId, [key.publicKeyPem]]);
  assert.equal((await bench.auditTrail.list(1))[0]?.principal, `ticket:${record.id}`);

  assert.equal(await bench.enrolment.redeem(first, ADDRESS), undefined);
  assert.equal(await bench.enrolment.redeem(await board(text, deviceName('pump-2')), ADDRESS), undefined);
  assert.match(bench.reasons[0] ?? '', /is used, by device/);
  const [listed] = (await bench.tickets.list(REGISTRY, FIRST_PAGE)).items;
  assert.deepEqual([listed?.usedAtMs === undefined, listed?.numId], [false, numId]);
});

test('of ten boards with one ticket at the same moment one is enrolled', async () => {
  await using bench = await ticketBench();
  const boards = Array.from({ length: 10 }, (_, at) => board(bench.ticket.text, deviceName(`pump-${at}`)));
  const made = await Promise.all((await Promise.all(boards)).map((each) => bench.enrolment.redeem(each, ADDRESS)));
  assert.equal(made.filter((numId) => numId !== undefined).length, 1);
  assert.equal((await bench.devices.list(REGISTRY, {}, { pageSize: 100, pageToken: '' })).items.length, 1);
});

const PUMP = deviceName('pump-1');
for (const [what, spoil, reason] of [
  ['nobody made', (board) => ({ ...board, ticket: 'mkiot-ticket-AAAAAAAAAAAAAAAAAAAAAA' }), /no such ticket/],
  ['is no ticket', (board) => ({ ...board, ticket: 'x' }), /no such ticket/],
  ['is sent with another key', (board) => ({ ...board, publicKey: newKey().publicKeyPem }), /proof/],
  ['is sent with a key of another kind', (board) => ({ ...board, publicKey: 'PEM' }), /none on P-256/],
  ['is sent for another device', (board) => ({ ...board, device: formatDeviceName(deviceName('pump-9')) }), /proof/],
  ['is sent without a device name', (board) => ({ ...board, device: 'pump-1' }), /no whole name/],
  ['is sent with a MAC that is none', (board) => ({ ...board, mac: 'ff:ff:ff:ff:ff:ff' }), /MAC address is none/],
] as const satisfies readonly (readonly [string, (board: PresentedTicket) => PresentedTicket, RegExp])[]) {
  test(`a ticket that ${what} enrols nobody, and the log says why`, async () => {
    await using bench = await ticketBench();
    assert.equal(await bench.enrolment.redeem(spoil(await board(bench.ticket.text, PUMP)), ADDRESS), undefined);
    assert.match(bench.reasons[0] ?? '', reason);
    assert.ok(await bench.enrolment.redeem(await board(bench.ticket.text, PUMP), ADDRESS), 'it is not used up by that');
  });
}

test('a ticket ends at its time, and at once when it is revoked', async () => {
  await using late = await ticketBench();
  late.clock.advance(DAY_MS);
  assert.equal(await late.enrolment.redeem(await board(late.ticket.text, PUMP), ADDRESS), undefined);
  assert.match(late.reasons[0] ?? '', /expired/);

  await using bench = await ticketBench();
  await bench.tickets.revoke(REGISTRY, bench.ticket.record.id, 'local:test');
  assert.equal(await bench.enrolment.redeem(await board(bench.ticket.text, PUMP), ADDRESS), undefined);
  await assert.rejects(bench.tickets.revoke(REGISTRY, bench.ticket.record.id, 'local:test'), {
    code: 'TICKET_NOT_FOUND',
  });
});

test('a bound ticket is good for its registry, device id and MAC address only', async () => {
  await using bench = await ticketBench({ deviceId: 'pump-1', mac: '24:0a:c4:12:34:56' });
  const { text } = bench.ticket;
  const other = { ...REGISTRY, registry: 'greenhouse' };
  await bench.registries.create(other, {}, 'local:test');
  const mac = '24:0a:c4:12:34:56';
  const wrong = [
    await board(text, { ...other, device: 'pump-1' }, { mac }),
    await board(text, deviceName('pump-2'), { mac }),
    await board(text, PUMP, { mac: '24:0a:c4:12:34:57' }),
    await board(text, PUMP),
  ];
  for (const each of wrong) assert.equal(await bench.enrolment.redeem(each, ADDRESS), undefined);
  assert.deepEqual(
    bench.reasons.map((reason) => reason.split('for another ')[1]),
    ['registry', 'device id', 'MAC address', 'MAC address'],
  );
  assert.ok(await bench.enrolment.redeem(await board(text, PUMP, { mac }), ADDRESS));
});

test('a used MAC address, a used key and a taken id refuse the board without using up its ticket', async () => {
  await using bench = await ticketBench({ count: 2 });
  const [, second] = (await bench.tickets.list(REGISTRY, FIRST_PAGE)).items;
  assert.ok(second);
  const fields = { count: 1, expiresAtMs: bench.clock.now() + DAY_MS };
  const [other] = await bench.tickets.create(REGISTRY, fields, ADMIN);
  const [mac, key] = ['24:0a:c4:12:34:56', newKey()];
  await bench.enrolment.redeem(await board(other!.text, PUMP, { mac }, key), ADDRESS);
  const { text } = bench.ticket;
  for (const each of [
    await board(text, deviceName('pump-2'), { mac }),
    await board(text, deviceName('pump-2'), {}, key),
    await board(text, PUMP),
  ]) {
    assert.equal(await bench.enrolment.redeem(each, ADDRESS), undefined);
  }
  assert.deepEqual(
    bench.reasons.map((reason) => /\[(\w+)\]/.exec(reason)?.[1]),
    ['UNIT_MAC_USED', 'UNIT_KEY_USED', 'DEVICE_EXISTS'],
  );
  assert.ok(await bench.enrolment.redeem(await board(text, deviceName('pump-2')), ADDRESS));
});

test('of a ticket only its hash is kept, and the audit trail has not even that', async () => {
  await using bench = await ticketBench();
  const { rows } = await sql<{ text_sha256: Uint8Array }>`select * from enrolment_ticket`.execute(
    bench.database.executor,
  );
  assert.deepEqual(Buffer.from(rows[0]!.text_sha256), sha256(bench.ticket.text));
  assert.ok(!JSON.stringify(rows).includes(bench.ticket.text));
  assert.ok(!JSON.stringify(await bench.auditTrail.list(10)).includes(bench.ticket.text));
});

test('tickets that nobody could use, or that would outlive their maker, are not made', async () => {
  await using bench = await provisioningBench();
  const now = bench.clock.now();
  const create = (given: object, endsAtMs?: number) =>
    bench.tickets.create(REGISTRY, { count: 1, expiresAtMs: now + 2, ...given }, { ...ADMIN, endsAtMs });
  await assert.rejects(create({}, now + 1), { code: 'PROVISIONING_OUTLIVES_CALLER' });
  await assert.rejects(create({ expiresAtMs: now }), { code: 'PROVISIONING_END_PAST' });
  for (const given of [{ count: 2, deviceId: 'pump-1' }, { deviceId: '1' }, { mac: 'AA' }]) {
    await assert.rejects(create(given), { code: 'TICKET_BINDING_UNFIT' });
  }
});
