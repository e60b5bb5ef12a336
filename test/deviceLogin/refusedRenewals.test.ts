import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { parseSessionNotice, type SessionNotice } from '@mkiot/core/deviceLogin/sessionNotice';
import { createJwt } from '@mkiot/core/jwt/createJwt';
import { connectPacket, publishPacket, TestClient } from '@mkiot/server/bridge/bridge.testing';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newDeviceKey } from './virtualBoard.ts';
import { VirtualPlatform } from './virtualPlatform.ts';

const PROJECT = 'mkiot-abc123';
const HOUR_S = 3_600;

/** A device over MQTT 3.1.1 that is logged in, and has subscribed to what the platform says of its session. */
class Renewing {
  readonly client: TestClient;
  readonly #device: string;
  #packetId = 1;

  private constructor(client: TestClient, device: string) {
    this.client = client;
    this.#device = device;
  }

  static async logIn(platform: VirtualPlatform, name: string, token: string): Promise<Renewing> {
    const [near] = platform.connect();
    const client = new TestClient(near);
    client.send(connectPacket(name, { password: utf8Encode(token) }));
    const connack = await client.packet();
    assert.ok(connack?.type === 'CONNACK' && connack.returnCode === 0);
    const device = name.slice(name.lastIndexOf('/') + 1);
    const filters = ['session', 'nonce'].map((kind) => `/devices/${device}/${kind}`);
    const subscriptions = filters.map((filter) => ({ filter, qos: 1 }) as const);
    client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions });
    assert.equal((await client.packet())?.type, 'SUBACK');
    return new Renewing(client, device);
  }

  /** The next message on a topic of the device, acknowledged; what is another message is acknowledged too. */
  async next(kind: 'session' | 'nonce'): Promise<string> {
    for (;;) {
      const packet = await this.client.packet();
      assert.ok(packet !== undefined, 'the connection was closed');
      if (packet.type !== 'PUBLISH' || packet.packetId === undefined) continue;
      this.client.send({ type: 'PUBACK', packetId: packet.packetId });
      if (packet.topic.endsWith(kind)) return utf8Decode(packet.payload);
    }
  }

  /** Offers a token, and tells what the platform says to it. */
  async renew(token: string): Promise<SessionNotice> {
    this.client.send(publishPacket(`/devices/${this.#device}/token`, token, ++this.#packetId));
    return parseSessionNotice(utf8Encode(await this.next('session'))) as SessionNotice;
  }
}

async function bench() {
  const platform = await VirtualPlatform.start(randomFill, {});
  const [key, otherKey] = [newDeviceKey(), newDeviceKey()];
  const name = await platform.addDevice('pump-1', key.publicKeyPem);
  await platform.addDevice('pump-2', otherKey.publicKeyPem);
  const nowS = (): number => Math.floor(platform.clock.now() / 1000);
  const token = (by: SigningKey, iat = nowS()) => createJwt({ aud: PROJECT, iat, exp: iat + HOUR_S }, by);
  const ofNonce = (nonce: string, by = key) => createJwt({ aud: PROJECT, nonce }, by);
  const device = await Renewing.logIn(platform, name, await token(key));
  const opened = parseSessionNotice(utf8Encode(await device.next('session'))) as SessionNotice;
  const close = () => platform[Symbol.asyncDispose]();
  return { platform, key, otherKey, name, token, ofNonce, device, opened, [Symbol.asyncDispose]: close };
}

test('a token of the same device moves the end of its session, which a refused one does not', async () => {
  await using it = await bench();
  const { platform, device, opened, token, key } = it;
  assert.equal(opened.session, 'open');
  const forgiven = 10 * 60_000;
  assert.equal(opened.endsInMs, HOUR_S * 1_000 + forgiven);
  platform.clock.advance(60_000);
  const refused = await device.renew('no token');
  assert.deepEqual([refused.session, refused.endsInMs], ['refused', opened.endsInMs - 60_000]);
  const renewed = await device.renew(await token(key));
  assert.deepEqual([renewed.session, renewed.endsInMs], ['renewed', opened.endsInMs]);
});

test('renewals are refused with the token of another device, of a wrong clock, of another project, and with garbage', async () => {
  await using it = await bench();
  const { device, token, key, otherKey, ofNonce } = it;
  const ticket = await device.next('nonce');
  const foreign = await createJwt({ aud: 'mkiot-other', nonce: ticket }, key);
  const tokens = [
    await token(otherKey),
    await token(key, 5),
    await ofNonce(ticket, otherKey),
    foreign,
    '',
    '\0'.repeat(999),
  ];
  for (const wrong of tokens) assert.equal((await device.renew(wrong)).session, 'refused');
  assert.equal((await device.renew(await ofNonce(ticket))).session, 'renewed');
});

test('a renewal that was captured is worth nothing when it is sent again in the same session', async () => {
  await using it = await bench();
  const { device, ofNonce } = it;
  const captured = await ofNonce(await device.next('nonce'));
  assert.equal((await device.renew(captured)).session, 'renewed');
  await device.next('nonce');
  await it.platform.pass(1_000);
  assert.equal((await device.renew(captured)).session, 'refused');
});

test('a second token before the first was answered ends the session', async () => {
  await using it = await bench();
  const { device, token, key } = it;
  const publish = publishPacket('/devices/pump-1/token', await token(key), 7);
  device.client.send(publish, { ...publish, packetId: 8 } as typeof publish);
  await device.client.ended();
  assert.equal(it.platform.session('pump-1'), undefined);
});

test('a renewed session hangs on the key that renewed it', async () => {
  await using it = await bench();
  const { platform, device, token } = it;
  const newKey = newDeviceKey();
  await platform.setKeys('pump-1', [it.key.publicKeyPem, newKey.publicKeyPem]);
  assert.equal((await device.renew(await token(newKey))).session, 'renewed');
  await platform.setKeys('pump-1', [newKey.publicKeyPem]);
  await platform.pass(1_000);
  assert.notEqual(platform.session('pump-1'), undefined);
  await platform.setKeys('pump-1', []);
  await platform.pass(1_000);
  assert.equal(platform.session('pump-1'), undefined);
});

test('what is published on the token topic is not stored and not logged, whether it renews or not', async () => {
  await using it = await bench();
  const { platform, device, token, key, otherKey } = it;
  const tokens = [await token(key), await token(otherKey)];
  for (const offered of tokens) await device.renew(offered);
  const log = platform.log.join('');
  assert.match(log, /session renewed/);
  assert.match(log, /LOGIN_SIGNATURE_WRONG/);
  for (const secret of tokens.flatMap((offered) => offered.split('.').slice(1))) assert.ok(!log.includes(secret));
  assert.equal(platform.storedEvents, 0);
});

test('nobody is told what a device publishes on its token topic: it cannot be subscribed to', async () => {
  await using it = await bench();
  const filter = '/devices/pump-1/token';
  it.device.client.send({ type: 'SUBSCRIBE', packetId: 9, subscriptions: [{ filter, qos: 1 }] });
  for (;;) {
    const packet = await it.device.client.packet();
    assert.ok(packet !== undefined);
    if (packet.type !== 'SUBACK') continue;
    assert.deepEqual(packet.returnCodes, [0x80]);
    return;
  }
});
