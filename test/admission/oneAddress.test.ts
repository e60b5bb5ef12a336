import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import { assembleJwt } from '@mkiot/core/jwt/assembleJwt.testing';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { VirtualPlatform } from '../deviceLogin/virtualPlatform.ts';

const DEVICES = 10_000;
const ATTEMPTS_BETWEEN = 5;
const BATCH = 100;

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' });

/** A device that connects to the platform from the one address that all of them have. */
class Device {
  readonly #platform: VirtualPlatform;
  readonly #clientId: string;
  readonly #key: KeyObject;
  socket: Duplex | undefined = undefined;

  constructor(platform: VirtualPlatform, clientId: string, key: KeyObject) {
    this.#platform = platform;
    this.#clientId = clientId;
    this.#key = key;
  }

  /** Sends CONNECT; resolves with the answer. */
  connect(): Promise<Packet | undefined> {
    const nowSeconds = Math.floor(this.#platform.clock.now() / 1_000);
    const claims = { iat: nowSeconds, exp: nowSeconds + 3_600, aud: 'mkiot-abc123' };
    const token = assembleJwt('{"alg":"ES256","typ":"JWT"}', JSON.stringify(claims), (data) =>
      sign('sha256', data, { key: this.#key, dsaEncoding: 'ieee-p1363' }),
    );
    const [socket] = this.#platform.connect();
    this.socket = socket;
    const parser = new PacketParser({ from: 'SERVER', level: 4, maxPacketBytes: 1 << 16 });
    const answer = new Promise<Packet | undefined>((resolve) => {
      socket.on('data', (chunk: Uint8Array) => {
        parser.push(chunk);
        resolve(parser.next());
      });
      socket.on('end', () => resolve(undefined));
    });
    const connect: Packet = {
      type: 'CONNECT',
      protocolLevel: 4,
      clientId: this.#clientId,
      cleanSession: true,
      keepAliveSeconds: 0,
      will: undefined,
      userName: 'unused',
      password: utf8Encode(token),
    };
    socket.write(concatBytes(encodePacket(connect, 4)));
    return answer;
  }
}

test('10,000 devices behind one address log in while one of them tries a wrong key without a break', async () => {
  await using platform = await VirtualPlatform.start(randomFill, {});
  const key = newKey();
  const add = (id: string) => platform.addDevice(id, pem(key.publicKey));
  const looping = new Device(platform, await add('looping'), newKey().privateKey);
  const names: string[] = [];
  for (let index = 0; index < DEVICES; index++) names.push(await add(`device-${index}`));

  const refusals: Promise<Packet | undefined>[] = [];
  for (let start = 0; start < DEVICES; start += BATCH) {
    for (let attempt = 0; attempt < ATTEMPTS_BETWEEN; attempt++) refusals.push(looping.connect());
    assert.equal(platform.admits(), true);
    const batch = names.slice(start, start + BATCH).map((name) => new Device(platform, name, key.privateKey));
    const startMs = platform.clock.monotonic();
    const answers = await Promise.all(batch.map((device) => device.connect()));
    assert.ok(answers.every((answer) => answer?.type === 'CONNACK' && answer.returnCode === 0));
    assert.equal(platform.clock.monotonic(), startMs, 'nobody waits because of another one');
    // No session stays open: it is not they who protect the address.
    for (const device of batch) device.socket?.destroy();
  }
  assert.deepEqual(platform.bans(), []);

  await platform.pass(10_000);
  const refused = await Promise.all(refusals);
  assert.ok(refused.every((answer) => answer?.type === 'CONNACK' && answer.returnCode === 5));
  const pump = new Device(platform, await add('late'), key.privateKey);
  assert.partialDeepStrictEqual(await pump.connect(), { type: 'CONNACK', returnCode: 0 });
});

test('a right key is let in at once after many wrong ones of the same name from the same address', async () => {
  await using platform = await VirtualPlatform.start(randomFill, {});
  const key = newKey();
  const clientId = await platform.addDevice('pump-1', pem(key.publicKey));
  const impostor = new Device(platform, clientId, newKey().privateKey);
  const refusals = Array.from({ length: 50 }, () => impostor.connect());
  await platform.pass(1_000);
  const startMs = platform.clock.monotonic();
  const device = new Device(platform, clientId, key.privateKey);
  assert.partialDeepStrictEqual(await device.connect(), { type: 'CONNACK', returnCode: 0 });
  assert.equal(platform.clock.monotonic(), startMs);
  await platform.pass(10_000);
  assert.equal((await Promise.all(refusals)).length, 50);
});
