import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';
import { until } from '../support/until.ts';
import { RawClient } from './rawClient.ts';

const { MALFORMED_PACKET, PROTOCOL_ERROR, PACKET_TOO_LARGE } = REASON_CODES;
const BOTH: readonly ProtocolLevel[] = [4, 5];

interface BadInput {
  readonly what: string;
  readonly levels: readonly ProtocolLevel[];
  /** Hexadecimal. */
  readonly bytes: string;
  /** What MQTT 5.0 hears. */
  readonly reason: { readonly code: number };
}

/** What a device that has logged in must not send. */
const OF_A_SESSION: readonly BadInput[] = [
  { what: 'a PINGREQ with a reserved flag', levels: BOTH, bytes: 'c100', reason: MALFORMED_PACKET },
  { what: 'a SUBSCRIBE without its reserved flag', levels: BOTH, bytes: '8006000100017001', reason: MALFORMED_PACKET },
  { what: 'a PINGREQ with a body', levels: BOTH, bytes: 'c00100', reason: MALFORMED_PACKET },
  { what: 'a PUBACK that is too short', levels: BOTH, bytes: '400100', reason: MALFORMED_PACKET },
  { what: 'a length of five bytes', levels: BOTH, bytes: '30ffffffff01', reason: MALFORMED_PACKET },
  { what: 'a PUBLISH at QoS 3', levels: BOTH, bytes: '360700017000010000', reason: MALFORMED_PACKET },
  { what: 'a topic that is no UTF-8', levels: BOTH, bytes: '30050001c30000', reason: MALFORMED_PACKET },
  { what: 'the packet identifier 0', levels: BOTH, bytes: '3206000170000000', reason: PROTOCOL_ERROR },
  { what: 'a packet that only a server sends', levels: BOTH, bytes: '9003000100', reason: PROTOCOL_ERROR },
  { what: 'the packet type 0', levels: BOTH, bytes: '0000', reason: PROTOCOL_ERROR },
  { what: 'a packet that is too long', levels: BOTH, bytes: '32ffffff7f', reason: PACKET_TOO_LARGE },
  { what: 'a property twice', levels: [5], bytes: '3008000170040101010178', reason: PROTOCOL_ERROR },
  { what: 'a property of another packet', levels: [5], bytes: '3007000170032200017878', reason: MALFORMED_PACKET },
  { what: 'an AUTH without a method', levels: [5], bytes: 'f000', reason: PROTOCOL_ERROR },
];

/** What nobody may send before a CONNECT, or for one. None of it is answered. */
const OF_A_STRANGER: readonly Pick<BadInput, 'what' | 'bytes'>[] = [
  { what: 'a PINGREQ', bytes: 'c000' },
  { what: 'a PUBLISH', bytes: '3003000170' },
  { what: 'a CONNECT with its reserved flag', bytes: '100d00044d51545404030000000170' },
  { what: 'a CONNECT of 16 MB', bytes: '10ffffff07' },
  { what: 'an HTTP request', bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex') },
  { what: 'zeros', bytes: '00'.repeat(100) },
];

/** The operator's log, a line an object, but for what only a developer reads. */
class Log {
  readonly #lines: Record<string, unknown>[] = [];
  readonly write = (line: string): void => void this.#lines.push(JSON.parse(line) as Record<string, unknown>);

  since(start: number): readonly Record<string, unknown>[] {
    return this.#lines.slice(start).filter(({ level }) => level !== 'debug' && level !== 'trace');
  }

  get length(): number {
    return this.#lines.length;
  }
}

/** What somebody who does nothing wrong sees meanwhile: nothing. */
async function isUnharmed(bystander: MqttJs, topic: string, platform: TestPlatform): Promise<void> {
  await bystander.publish(topic, 'still here', 1);
  assert.equal((await platform.pullEvents(1))[0]?.payload, 'still here');
  assert.equal(bystander.isOpen, true);
}

for (const level of BOTH) {
  const inputs = OF_A_SESSION.filter(({ levels }) => levels.includes(level));

  test(`at level ${level} bad input of a device closes its connection with the right code, is logged once and harms nobody`, async () => {
    const log = new Log();
    await using platform = await startTestPlatform({ log: log.write });
    const [device, other] = [await platform.createDevice('pump-1'), await platform.createDevice('pump-2')];
    await using bystander = new MqttJs(other.login(), level);
    assert.equal(await bystander.returnCode, 0);
    for (const { what, bytes, reason } of inputs) {
      await using client = await RawClient.connect(device.login(), level);
      assert.equal((await client.logIn())?.type, 'CONNACK', what);
      const before = log.length;
      client.socket.write(Buffer.from(bytes, 'hex'));
      const goodbyes = (await client.heard).slice(1);
      assert.deepEqual(goodbyes, level === 4 ? [] : [{ type: 'DISCONNECT', reasonCode: reason.code }], what);
      await until(
        () => Promise.resolve(log.since(before)),
        ({ length }) => length > 0,
      );
      await isUnharmed(bystander, other.topic('events'), platform);
      const told = log.since(before).map(({ device: id, code, by, msg }) => [id, code, by, msg]);
      assert.deepEqual(told, [['pump-1', 'PROTOCOL_VIOLATION', 'SERVER', 'device disconnected']], what);
    }
  });

  test(`at level ${level} a second CONNECT closes the connection, and not the session of anybody else`, async () => {
    const log = new Log();
    await using platform = await startTestPlatform({ log: log.write });
    const [device, other] = [await platform.createDevice('pump-1'), await platform.createDevice('pump-2')];
    await using bystander = new MqttJs(other.login(), level);
    assert.equal(await bystander.returnCode, 0);
    await using client = await RawClient.connect(device.login(), level);
    await client.logIn();
    const before = log.length;
    // In the name of the other: it would take over its session.
    await using forger = await RawClient.connect(other.login(), level);
    client.send(forger.connectPacket);
    const goodbyes = (await client.heard).slice(1);
    assert.deepEqual(goodbyes, level === 4 ? [] : [{ type: 'DISCONNECT', reasonCode: PROTOCOL_ERROR.code }]);
    await isUnharmed(bystander, other.topic('events'), platform);
    assert.deepEqual(
      log.since(before).map(({ device: id, code }) => [id, code]),
      [['pump-1', 'PROTOCOL_VIOLATION']],
    );
  });
}

test('what comes before a CONNECT closes the connection without an answer, is logged once and harms nobody', async () => {
  const log = new Log();
  await using platform = await startTestPlatform({ log: log.write });
  const device = await platform.createDevice('pump-1');
  await using bystander = new MqttJs(device.login());
  assert.equal(await bystander.returnCode, 0);
  for (const { what, bytes } of OF_A_STRANGER) {
    await using client = await RawClient.connect(device.login(), 4);
    const before = log.length;
    client.socket.write(Buffer.from(bytes, 'hex'));
    assert.deepEqual(await client.heard, [], what);
    await until(
      () => Promise.resolve(log.since(before)),
      ({ length }) => length > 0,
    );
    await isUnharmed(bystander, device.topic('events'), platform);
    assert.deepEqual(
      log.since(before).map(({ address, msg }) => [address, msg]),
      [['127.0.0.1', 'connection ended before a login']],
      what,
    );
  }
});

for (const [what, leave] of [
  ['says that it will send no more', (client: RawClient) => void client.socket.end()],
  ['resets its connection', (client: RawClient) => client.reset()],
] as const) {
  test(`a device that ${what} without DISCONNECT has lost its connection, once, and harms nobody`, async () => {
    const log = new Log();
    await using platform = await startTestPlatform({ log: log.write });
    const [device, other] = [await platform.createDevice('pump-1'), await platform.createDevice('pump-2')];
    await using bystander = new MqttJs(other.login());
    assert.equal(await bystander.returnCode, 0);
    await using client = await RawClient.connect(device.login(), 5);
    await client.logIn();
    const before = log.length;
    leave(client);
    assert.deepEqual((await client.heard).slice(1), []);
    await until(
      () => Promise.resolve(log.since(before)),
      ({ length }) => length > 0,
    );
    await isUnharmed(bystander, other.topic('events'), platform);
    assert.deepEqual(
      log.since(before).map(({ device: id, code, by }) => [id, code, by]),
      [['pump-1', 'CONNECTION_LOST', 'CLIENT']],
    );
  });
}
