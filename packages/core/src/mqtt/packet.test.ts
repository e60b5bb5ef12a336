import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { generate, type Packet as PeerPacket, parser as peerParser } from 'mqtt-packet';
import { MkiotError } from '../errors/mkiotError.ts';
import type { Will } from './connect.ts';
import { encodePacket, type Packet } from './packet.ts';
import type { QoS } from './qos.ts';
import { PacketParser } from './packetParser.ts';
import { packetStreams, wildPacket } from './packets.testing.ts';
import { PACKET_TYPES, type Sender } from './packetTypes.ts';
import { type Properties, type PropertyName } from './properties.ts';
import type { ProtocolLevel } from './protocolLevel.ts';

function decodeAll(from: Sender, bytes: Uint8Array, level: ProtocolLevel = 4): Packet[] {
  const parser = new PacketParser({ from, level, maxPacketBytes: 1 << 20 });
  parser.push(bytes);
  const packets: Packet[] = [];
  for (let packet = parser.next(); packet !== undefined; packet = parser.next()) packets.push(packet);
  return packets;
}

function senderOf(packet: Packet): Sender {
  return PACKET_TYPES[packet.type].from === 'SERVER' ? 'SERVER' : 'CLIENT';
}

test('every packet comes back as it was sent', () => {
  fc.assert(
    fc.property(packetStreams(4, 5), ({ from, level, packets }) => {
      for (const packet of packets) assert.deepEqual(decodeAll(from, encodePacket(packet, level), level), [packet]);
    }),
  );
});

test('the encoder sends a packet that reads back the same, or refuses it', () => {
  let refused = 0;
  fc.assert(
    fc.property(wildPacket, (packet) => {
      let encoded: Uint8Array;
      try {
        encoded = encodePacket(packet);
      } catch (error) {
        assert.ok(error instanceof MkiotError && error.code === 'MQTT_PACKET_INVALID', String(error));
        refused++;
        return;
      }
      assert.deepEqual(decodeAll(senderOf(packet), encoded), [packet]);
    }),
    { numRuns: 1_000 },
  );
  assert.ok(refused > 100 && refused < 1_000, `${refused} of 1,000 were refused`);
});

test('what the decoder takes from random bytes, the encoder can send, but for a password without a user name', () => {
  const firstByte = fc.constantFrom(0x10, 0x20, 0x30, 0x32, 0x3d, 0x40, 0x50, 0x62, 0x70, 0x82, 0x90, 0xa2, 0xb0, 0xc0);
  const body = fc.array(fc.oneof(fc.constantFrom(0, 1, 2, 4, 0x23, 0x2b, 0x2f, 0x80), fc.nat(255)), { maxLength: 12 });
  let taken = 0;
  fc.assert(
    fc.property(firstByte, body, fc.constantFrom<Sender>('CLIENT', 'SERVER'), (first, rest, from) => {
      let packets: Packet[];
      try {
        packets = decodeAll(from, Uint8Array.of(first, rest.length, ...rest));
      } catch (error) {
        assert.ok(error instanceof MkiotError, String(error));
        return;
      }
      for (const packet of packets) {
        if (packet.type === 'CONNECT' && packet.password !== undefined && packet.userName === undefined) continue;
        assert.deepEqual(decodeAll(from, encodePacket(packet)), [packet]);
        taken++;
      }
    }),
    { numRuns: 3_000 },
  );
  assert.ok(taken > 50, `only ${taken} were packets`);
});

test('mqtt-packet writes the same bytes', () => {
  fc.assert(
    fc.property(packetStreams(4), ({ packets }) => {
      for (const packet of packets) {
        assert.deepEqual(Buffer.from(encodePacket(packet)), generate(toPeer(packet), { protocolVersion: 4 }));
      }
    }),
  );
});

for (const level of [4, 5] as const)
  test(`mqtt-packet reads our packets of level ${level} as they were meant`, () => {
    fc.assert(
      fc.property(packetStreams(level), ({ packets }) => {
        const read: PeerPacket[] = [];
        const peer = peerParser({ protocolVersion: level });
        peer.on('packet', (packet) => read.push(packet));
        peer.on('error', (error) => assert.fail(String(error)));
        for (const packet of packets.filter(isReadByPeer)) peer.parse(Buffer.from(encodePacket(packet, level)));
        for (const [index, packet] of packets.filter(isReadByPeer).entries()) {
          for (const [name, value] of Object.entries(level === 4 ? toPeer(packet) : toPeer5(packet))) {
            assert.deepEqual(plain(read[index]?.[name as keyof PeerPacket]), value, `${packet.type} ${name}`);
          }
        }
        assert.equal(read.length, packets.filter(isReadByPeer).length);
      }),
    );
  });

/** mqtt-packet wants an AUTH to name its reason code, which may be absent when it is 0 (section 3.15.2.1). */
function isReadByPeer(packet: Packet): boolean {
  return packet.type !== 'AUTH' || packet.reasonCode !== 0 || packet.properties !== undefined;
}

/** The packet in the words of mqtt-packet. */
function toPeer(packet: Packet): PeerPacket {
  switch (packet.type) {
    case 'CONNECT': {
      const { clientId, cleanSession: clean, keepAliveSeconds: keepalive, will, userName, password } = packet;
      return {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId,
        clean,
        keepalive,
        ...(will === undefined ? {} : { will: toPeerWill(will) }),
        ...(userName === undefined ? {} : { username: userName }),
        ...(password === undefined ? {} : { password: Buffer.from(password) }),
      };
    }
    case 'CONNACK':
      return { cmd: 'connack', sessionPresent: packet.sessionPresent, returnCode: packet.returnCode };
    case 'PUBLISH': {
      const { topic, payload, qos, retain, dup, packetId } = packet;
      const messageId = packetId === undefined ? {} : { messageId: packetId };
      return { cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain, dup, ...messageId };
    }
    case 'SUBSCRIBE': {
      const subscriptions = packet.subscriptions.map(({ filter, qos }) => ({ topic: filter, qos }));
      return { cmd: 'subscribe', messageId: packet.packetId, subscriptions };
    }
    case 'SUBACK':
      return { cmd: 'suback', messageId: packet.packetId, granted: [...packet.returnCodes] };
    case 'UNSUBSCRIBE':
      return { cmd: 'unsubscribe', messageId: packet.packetId, unsubscriptions: [...packet.filters] };
    default: {
      const messageId = 'packetId' in packet ? { messageId: packet.packetId } : {};
      return { cmd: packet.type.toLowerCase(), ...messageId } as PeerPacket;
    }
  }
}

/** The packet in the words of mqtt-packet at protocol level 5. */
function toPeer5(packet: Packet): PeerPacket {
  const peer = { ...toPeer(packet) } as unknown as Record<string, unknown>;
  if ('properties' in packet && packet.properties !== undefined) {
    peer['properties'] = toPeerProperties(packet.properties);
  }
  if (packet.type === 'CONNECT') {
    peer['protocolVersion'] = 5;
    const ofWill = packet.will?.properties;
    if (packet.will !== undefined && ofWill !== undefined) {
      peer['will'] = { ...toPeerWill(packet.will), properties: toPeerProperties(ofWill) };
    }
  }
  if (packet.type === 'CONNACK') {
    delete peer['returnCode'];
    peer['reasonCode'] = packet.returnCode;
  }
  if ('reasonCode' in packet) peer['reasonCode'] = packet.reasonCode;
  if (packet.type === 'UNSUBACK') peer['granted'] = packet.reasonCodes;
  if (packet.type === 'SUBSCRIBE') {
    peer['subscriptions'] = packet.subscriptions.map(({ filter, qos, options }) => ({
      topic: filter,
      qos,
      nl: options?.noLocal ?? false,
      rap: options?.retainAsPublished ?? false,
      rh: options?.retainHandling ?? 0,
    }));
  }
  return peer as unknown as PeerPacket;
}

function toPeerWill({ topic, payload, qos, retain }: Will): {
  topic: string;
  payload: Buffer;
  qos: QoS;
  retain: boolean;
} {
  return { topic, payload: Buffer.from(payload), qos, retain };
}

/** Where mqtt-packet has other names. */
const PEER_NAMES: { readonly [Name in PropertyName]?: string } = {
  messageExpiryIntervalSeconds: 'messageExpiryInterval',
  subscriptionIdentifiers: 'subscriptionIdentifier',
  sessionExpiryIntervalSeconds: 'sessionExpiryInterval',
  serverKeepAliveSeconds: 'serverKeepAlive',
  willDelayIntervalSeconds: 'willDelayInterval',
  maximumPacketSizeBytes: 'maximumPacketSize',
  subscriptionIdentifierAvailable: 'subscriptionIdentifiersAvailable',
};
const PEER_BOOLEANS: ReadonlySet<string> = new Set([
  'payloadFormatIndicator',
  'requestProblemInformation',
  'requestResponseInformation',
  'retainAvailable',
  'wildcardSubscriptionAvailable',
  'subscriptionIdentifierAvailable',
  'sharedSubscriptionAvailable',
]);

function toPeerProperties(properties: Properties): object {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const peerName = PEER_NAMES[name as PropertyName] ?? name;
      if (name === 'userProperties') return [peerName, toPeerPairs(value as readonly (readonly [string, string])[])];
      if (name === 'subscriptionIdentifiers') return [peerName, oneOrMany(value as readonly number[])];
      if (PEER_BOOLEANS.has(name)) return [peerName, value === 1];
      return [peerName, value instanceof Uint8Array ? Buffer.from(value) : value];
    }),
  );
}

function toPeerPairs(pairs: readonly (readonly [string, string])[]): object {
  const names = new Set(pairs.map(([name]) => name));
  return Object.fromEntries(
    [...names].map((one) => [one, oneOrMany(pairs.filter(([name]) => name === one).map(([, value]) => value))]),
  );
}

function oneOrMany<T>(values: readonly T[]): T | readonly T[] {
  return values.length === 1 ? (values[0] as T) : values;
}

/** mqtt-packet makes objects without a prototype. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
