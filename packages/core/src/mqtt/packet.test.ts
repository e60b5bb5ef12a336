import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { generate, type Packet as PeerPacket, parser as peerParser } from 'mqtt-packet';
import { MkiotError } from '../errors/mkiotError.ts';
import { encodePacket, type Packet } from './packet.ts';
import { PacketParser } from './packetParser.ts';
import { packetStream, wildPacket } from './packets.testing.ts';
import { PACKET_TYPES, type Sender } from './packetTypes.ts';

function decodeAll(from: Sender, bytes: Uint8Array): Packet[] {
  const parser = new PacketParser({ from, maxPacketBytes: 1 << 20 });
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
    fc.property(packetStream, ({ from, packets }) => {
      for (const packet of packets) assert.deepEqual(decodeAll(from, encodePacket(packet)), [packet]);
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
    fc.property(packetStream, ({ packets }) => {
      for (const packet of packets) {
        assert.deepEqual(Buffer.from(encodePacket(packet)), generate(toPeer(packet), { protocolVersion: 4 }));
      }
    }),
  );
});

test('mqtt-packet reads our packets as they were meant', () => {
  fc.assert(
    fc.property(packetStream, ({ packets }) => {
      const read: PeerPacket[] = [];
      const peer = peerParser({ protocolVersion: 4 });
      peer.on('packet', (packet) => read.push(packet));
      peer.on('error', (error) => assert.fail(String(error)));
      for (const packet of packets) peer.parse(Buffer.from(encodePacket(packet)));
      for (const [index, packet] of packets.entries()) {
        for (const [name, value] of Object.entries(toPeer(packet))) {
          assert.deepEqual(read[index]?.[name as keyof PeerPacket], value, `${packet.type} ${name}`);
        }
      }
      assert.equal(read.length, packets.length);
    }),
  );
});

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
        ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
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
