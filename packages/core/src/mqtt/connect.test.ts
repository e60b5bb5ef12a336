import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Encode } from '../bytes/bytes.ts';
import { encodeConnect } from './connect.ts';
import type { Packet } from './packet.ts';
import { PacketParser } from './packetParser.ts';

type Part = number | string;

function parse(...parts: readonly (Part | readonly Part[])[]): Packet | undefined {
  const body = parts.flat().flatMap((part) => (typeof part === 'number' ? [part] : [...utf8Encode(part)]));
  const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: 1_000 });
  parser.push(Uint8Array.of(0x10, body.length, ...body));
  return parser.next();
}

test('a CONNECT with everything in it', () => {
  const packet = parse(
    [0, 4, 'MQTT', 4],
    0b1110_1110, // user name, password, will retain, will QoS 1, will, clean session
    [0x02, 0x58], // 600 s
    [0, 6, 'pump-1'],
    [0, 4, 'gone'],
    [0, 2, 0xff, 0],
    [0, 6, 'unused'],
    [0, 3, 'jwt'],
  );
  const expected = {
    type: 'CONNECT',
    protocolLevel: 4,
    clientId: 'pump-1',
    cleanSession: true,
    keepAliveSeconds: 600,
    will: { topic: 'gone', payload: Uint8Array.of(0xff, 0), qos: 1, retain: true },
    userName: 'unused',
    password: utf8Encode('jwt'),
  } as const;
  assert.deepEqual(packet, expected);
  assert.equal(encodeConnect(expected)[9], 0b1110_1110);
});

test('an empty user name is a user name', () => {
  const packet = parse(0, 4, 'MQTT', 4, 0b1100_0010, 0, 60, 0, 1, 'a', 0, 0, 0, 1, 'p');
  assert.ok(packet?.type === 'CONNECT');
  assert.equal(packet.userName, '');
  assert.deepEqual(packet.password, utf8Encode('p'));
});

test('a password without a user name is read, for IoT Core looked at no user name', () => {
  const packet = parse(0, 4, 'MQTT', 4, 0b0100_0010, 0, 60, 0, 1, 'a', 0, 1, 'p');
  assert.ok(packet?.type === 'CONNECT');
  assert.equal(packet.userName, undefined);
  assert.deepEqual(packet.password, utf8Encode('p'));
});

test('the password is a copy: it outlives the receive buffer', () => {
  const chunk = encodeConnect({
    type: 'CONNECT',
    protocolLevel: 4,
    clientId: 'a',
    cleanSession: true,
    keepAliveSeconds: 0,
    will: undefined,
    userName: '',
    password: utf8Encode('secret'),
  });
  const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: 1_000 });
  parser.push(chunk);
  const packet = parser.next();
  chunk.fill(0);
  assert.ok(packet?.type === 'CONNECT');
  assert.deepEqual(packet.password, utf8Encode('secret'));
});

for (const [name, level, rest] of [
  ['MQTT', 6, [2, 0, 60, 0, 0, 1, 0x61]], // a CONNECT of MQTT 5
  ['MQTT', 3, [2, 0, 60, 0, 0]],
  ['MQTT', 0x84, []], // a bridge's private level
  ['MQIsdp', 3, [2, 0, 60, 0, 1, 0x61]], // MQTT 3.1
  ['MQIsdp', 4, []],
] as const) {
  test(`${name} at level ${level} is recognised, so that it can be answered`, () => {
    assert.throws(() => parse(0, name.length, name, level, ...rest), {
      code: 'MQTT_PROTOCOL_LEVEL_UNSUPPORTED',
      context: { protocolName: name, protocolLevel: level },
    });
  });
}

test('another protocol is not answered', () => {
  for (const name of ['mqtt', 'HTTP', '', '\uFEFFMQTT']) {
    const length = utf8Encode(name).length;
    assert.throws(() => parse(0, length, name, 4, 2, 0, 0, 0, 0), { code: 'MQTT_PROTOCOL_NAME_UNKNOWN' });
  }
});

test('an empty client identifier needs a clean session', () => {
  assert.throws(() => parse(0, 4, 'MQTT', 4, 0, 0, 0, 0, 0), { code: 'MQTT_CLIENT_ID_REJECTED' });
  assert.ok(parse(0, 4, 'MQTT', 4, 2, 0, 0, 0, 0));
});
