import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import type { Enrolment } from '@mkiot/core/api/clientProvisioning';
import { base64Decode } from '@mkiot/core/bytes/base64';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { parseDeviceName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { encodeEnrolmentProof } from '@mkiot/core/provisioning/enrolmentTicket';
import type { DeviceEvent } from '../deviceEvents.ts';
import { DeviceIdentity } from '../identity.ts';
import { SelfEnrolment } from './selfEnrolment.ts';

const NAME = 'projects/mkiot-test/locations/local/registries/default/devices/pump-1';
const TICKET = 'mkiot-ticket-AAECAwQFBgcICQoLDA0ODw';
const BRIDGE_ID = new Uint8Array(32).fill(7);
const NEVER = new AbortController().signal;

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
const identity = new DeviceIdentity(NAME, {
  algorithm: 'ES256',
  publicKeyPem,
  sign: async (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
});

const refused = new MkiotError('ENROLMENT_REFUSED', { status: 'UNAUTHENTICATED', blame: 'caller', message: 'no' });
const unreachable = new MkiotError('SERVER_UNREACHABLE', { status: 'UNAVAILABLE', blame: 'peer', message: 'no' });

/** A device with a ticket, whose platform answers one after the other with `answers`. */
function bench(...answers: readonly (string | Error)[]) {
  const clock = new VirtualClock();
  const [events, calls]: [DeviceEvent[], Enrolment[]] = [[], []];
  let ticket: string | undefined = TICKET;
  const storage = { fails: false, isUnreadable: false };
  const enrolment = new SelfEnrolment({
    identity,
    clock,
    mac: '24:0a:c4:12:34:56',
    emit: (event) => events.push(event),
    tickets: {
      async load() {
        if (storage.isUnreadable) throw new Error('flash cannot be read');
        return ticket;
      },
      async forget() {
        if (storage.fails) throw new Error('flash is worn out');
        ticket = undefined;
      },
    },
    async redeem(enrolmentFor) {
      const answer = answers[calls.push(await enrolmentFor(BRIDGE_ID)) - 1];
      if (typeof answer !== 'string') throw answer ?? new Error('nobody has asked for so much');
      return answer;
    },
  });
  return { enrolment, events, calls, storage, clock, kept: () => ticket };
}

test('a device proves its key to the one installation, is enrolled, and forgets its ticket', async () => {
  const it = bench('2874563219874561');
  await it.enrolment.beforeLogin(NEVER);
  const [call] = it.calls;
  assert.deepEqual(
    [call?.ticket, call?.device, call?.mac, call?.publicKey],
    [TICKET, NAME, '24:0a:c4:12:34:56', publicKeyPem],
  );
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  const signed = await encodeEnrolmentProof(TICKET, parseDeviceName(NAME)!, BRIDGE_ID, sha256);
  const proof = base64Decode(call?.proof ?? '') ?? new Uint8Array();
  assert.ok(verify('sha256', signed, { key: publicKeyPem, dsaEncoding: 'ieee-p1363' }, proof));
  assert.deepEqual([it.events, it.kept()], [[{ type: 'enrolled', deviceNumId: '2874563219874561' }], undefined]);

  await it.enrolment.beforeLogin(NEVER);
  assert.equal(it.calls.length, 1, 'the next login has nothing to enrol');
});

test('a platform that cannot be asked is asked again, with the same ticket', async () => {
  const it = bench(unreachable, unreachable, '1');
  for (let time = 0; time < 2; time++) {
    await assert.rejects(it.enrolment.beforeLogin(NEVER), { code: 'SERVER_UNREACHABLE' });
    assert.equal(it.kept(), TICKET);
  }
  await it.enrolment.beforeLogin(NEVER);
  assert.equal(it.kept(), undefined);
});

test('a refused ticket is told once, is not sent again, and stays until the next start', async () => {
  const it = bench(refused);
  for (let time = 0; time < 5; time++) await it.enrolment.beforeLogin(NEVER);
  assert.equal(it.calls.length, 1);
  assert.deepEqual(
    it.events.map((event) => event.type === 'enrolmentRefused' && event.error.code),
    ['TICKET_REFUSED'],
  );
  assert.equal(it.kept(), TICKET);
});

test('a device that lost the answer is refused, logs in, and forgets its ticket', async () => {
  const it = bench(unreachable, refused);
  await assert.rejects(it.enrolment.beforeLogin(NEVER));
  await it.enrolment.beforeLogin(NEVER);
  assert.equal(it.kept(), TICKET);
  await it.enrolment.loggedIn();
  assert.equal(it.kept(), undefined);
});

test('a ticket that cannot be forgotten keeps no device from its login', async () => {
  const it = bench('1', refused);
  it.storage.fails = true;
  await it.enrolment.beforeLogin(NEVER);
  await it.enrolment.loggedIn();
  assert.deepEqual(
    it.events.map(({ type }) => type),
    ['enrolled', 'storageFailed', 'storageFailed'],
  );
  it.storage.fails = false;
  await it.enrolment.loggedIn();
  assert.equal(it.kept(), undefined);
});

test('a ticket that cannot be read any more ends no session', async () => {
  const it = bench(refused);
  await it.enrolment.beforeLogin(NEVER);
  it.storage.isUnreadable = true;
  await it.enrolment.loggedIn();
  assert.deepEqual(
    it.events.map(({ type }) => type),
    ['enrolmentRefused', 'storageFailed'],
  );
});

test('no event and no error has the ticket in it', async () => {
  const it = bench(unreachable, refused);
  const error: unknown = await it.enrolment.beforeLogin(NEVER).catch((cause: unknown) => cause);
  await it.enrolment.beforeLogin(NEVER);
  const told = [error, ...it.events].map(
    (each) => `${JSON.stringify(each)} ${String((each as { message?: unknown }).message)}`,
  );
  assert.ok(!told.join('').includes(TICKET));
});
