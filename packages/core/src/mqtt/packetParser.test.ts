import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concatBytes } from '../bytes/bytes.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import { encodePacket, type Packet } from './packet.ts';
import { PacketParser } from './packetParser.ts';
import { packetsFrom, packetStreams } from './packets.testing.ts';
import { encodePublish, type PublishPacket } from './publish.ts';

const MAX_PACKET_BYTES = 1 << 17;

function pull(parser: PacketParser): Packet[] {
  const packets: Packet[] = [];
  for (let packet = parser.next(); packet !== undefined; packet = parser.next()) packets.push(structuredClone(packet));
  return packets;
}

function publishOf(payloadBytes: number): PublishPacket {
  const payload = new Uint8Array(payloadBytes).fill(7);
  return { type: 'PUBLISH', topic: '/devices/pump/events', payload, qos: 1, retain: false, dup: false, packetId: 9 };
}

test('every chunking gives the same packets, pulled at once or late', () => {
  fc.assert(
    fc.property(
      packetStreams(4, 5),
      fc.array(fc.nat(400), { maxLength: 60 }),
      fc.boolean(),
      ({ from, level, packets }, cuts, late) => {
        const bytes = concatBytes(...packets.map((packet) => encodePacket(packet, level)));
        const parser = new PacketParser({ from, level, maxPacketBytes: MAX_PACKET_BYTES });
        const parsed: Packet[] = [];
        let at = 0;
        for (const length of cuts) {
          parser.push(bytes.subarray(at, at + length));
          at += length;
          if (!late) parsed.push(...pull(parser));
        }
        parser.push(bytes.subarray(at));
        parsed.push(...pull(parser));
        assert.deepEqual(parsed, packets);
      },
    ),
  );
});

test('one byte at a time gives the same packets', () => {
  fc.assert(
    fc.property(packetStreams(4, 5), ({ from, level, packets }) => {
      const parser = new PacketParser({ from, level, maxPacketBytes: MAX_PACKET_BYTES });
      const parsed: Packet[] = [];
      for (const byte of concatBytes(...packets.map((packet) => encodePacket(packet, level)))) {
        parser.push(Uint8Array.of(byte));
        parsed.push(...pull(parser));
      }
      assert.deepEqual(parsed, packets);
    }),
    { numRuns: 30 },
  );
});

test('a packet cut at any byte is no packet and no error', () => {
  fc.assert(
    fc.property(packetsFrom('CLIENT'), (packet) => {
      const bytes = encodePacket(packet).subarray(0, 400);
      const whole = encodePacket(packet).length;
      for (let cut = 0; cut < Math.min(bytes.length, whole - 1); cut++) {
        const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: MAX_PACKET_BYTES });
        parser.push(bytes.subarray(0, cut));
        assert.equal(parser.next(), undefined);
      }
    }),
    { numRuns: 50 },
  );
});

test('a flipped bit gives packets or a clear error, never anything else', () => {
  fc.assert(
    fc.property(packetStreams(4, 5), fc.nat(), fc.nat(7), ({ from, level, packets }, position, bit) => {
      const bytes = concatBytes(...packets.map((packet) => encodePacket(packet, level)));
      const at = position % bytes.length;
      bytes[at]! ^= 1 << bit;
      const parser = new PacketParser({ from, level, maxPacketBytes: MAX_PACKET_BYTES });
      parser.push(bytes);
      try {
        assert.ok(pull(parser).length <= bytes.length / 2);
      } catch (error) {
        assert.ok(error instanceof MkiotError, String(error));
        assert.equal(error.blame, 'peer');
        assert.doesNotMatch(error.message, /\{\w+\}/);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('whoever stops pulling finds the rest later, in order', () => {
  const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: MAX_PACKET_BYTES });
  parser.push(Uint8Array.of(0xc0, 0, 0xe0, 0, 0xc0));
  assert.deepEqual(parser.next(), { type: 'PINGREQ' });
  parser.push(Uint8Array.of(0));
  assert.deepEqual(parser.next(), { type: 'DISCONNECT' });
  assert.deepEqual(parser.next(), { type: 'PINGREQ' });
  assert.equal(parser.next(), undefined);
});

test('a PUBLISH that lies whole in its chunk is not copied', () => {
  const chunk = encodePublish(publishOf(100), 4);
  const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: MAX_PACKET_BYTES });
  parser.push(chunk);
  const packet = parser.next() as PublishPacket;
  assert.equal(packet.payload.buffer, chunk.buffer);
});

test('a packet longer than allowed is refused as soon as its length is known', () => {
  const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: 1_000 });
  parser.push(Uint8Array.of(0x32, 0xff, 0xff));
  assert.equal(parser.next(), undefined);
  parser.push(Uint8Array.of(0x7f));
  assert.throws(() => parser.next(), {
    code: 'MQTT_PACKET_TOO_LARGE',
    context: { packet: 'PUBLISH', length: 4 + 2_097_151, limit: 1_000 },
  });
});

test('the longest packet allowed is taken, one byte more is not', () => {
  const bytes = encodePublish(publishOf(500), 4);
  for (const [limit, taken] of [
    [bytes.length, true],
    [bytes.length - 1, false],
  ] as const) {
    const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: limit });
    parser.push(bytes);
    if (taken) assert.deepEqual(pull(parser), [publishOf(500)]);
    else assert.throws(() => parser.next(), { code: 'MQTT_PACKET_TOO_LARGE' });
  }
});

test('the limit can be raised between two packets', () => {
  const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: 10 });
  parser.push(concatBytes(Uint8Array.of(0xc0, 0), encodePublish(publishOf(500), 4)));
  assert.deepEqual(parser.next(), { type: 'PINGREQ' });
  parser.maxPacketBytes = 1_000;
  assert.deepEqual(pull(parser), [publishOf(500)]);
});

test('a stream that has lost its beat stays refused with the first error', () => {
  const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: MAX_PACKET_BYTES });
  parser.push(Uint8Array.of(0xc0, 0, 0xf0, 0, 0xc0, 0));
  assert.deepEqual(parser.next(), { type: 'PINGREQ' });
  const first = thrownBy(() => parser.next());
  parser.push(Uint8Array.of(0xc0, 0));
  assert.equal(
    thrownBy(() => parser.next()),
    first,
  );
});

test('what a CONNECT says is the level of what comes after it', () => {
  const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: 1_000 });
  const packets: readonly Packet[] = [
    {
      type: 'CONNECT',
      protocolLevel: 5,
      clientId: 'pump-1',
      cleanSession: true,
      keepAliveSeconds: 60,
      will: undefined,
      userName: undefined,
      password: undefined,
    },
    { ...publishOf(10), properties: { contentType: 'text/plain' } },
    { type: 'DISCONNECT', reasonCode: 4 },
  ];
  parser.push(concatBytes(...packets.map((packet) => encodePacket(packet, 5))));
  assert.deepEqual(pull(parser), packets);
});

test('a topic that comes again is known, one that differs in a byte is not taken for it', () => {
  const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: 1_000 });
  const topics = ['a/b', 'a/b', 'a/c', 'a/bc', 'a/b', 'x'.repeat(300), 'x'.repeat(300), 'a/b'];
  for (const topic of topics) {
    const chunk = encodePublish({ ...publishOf(1), topic }, 4);
    parser.push(chunk);
    assert.equal((parser.next() as PublishPacket).topic, topic);
    chunk.fill(0);
  }
});

test('a client sends no packet of a server, and the reverse', () => {
  for (const [from, bytes, packet] of [
    ['CLIENT', [0x20, 2, 0, 0], 'CONNACK'],
    ['CLIENT', [0xd0, 0], 'PINGRESP'],
    ['SERVER', [0xc0, 0], 'PINGREQ'],
    ['SERVER', [0xe0, 0], 'DISCONNECT'],
  ] as const) {
    const parser = new PacketParser({ from, maxPacketBytes: MAX_PACKET_BYTES });
    parser.push(Uint8Array.from(bytes));
    assert.throws(() => parser.next(), {
      code: 'MQTT_PACKET_UNEXPECTED',
      context: { packet, sender: from.toLowerCase() },
    });
  }
});

test('an HTTP GET and a TLS handshake are refused at their first byte', () => {
  for (const firstByte of ['G', '\u0016']) {
    const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: MAX_PACKET_BYTES });
    parser.push(Uint8Array.of(firstByte.charCodeAt(0)));
    assert.throws(() => parser.next(), { code: 'MQTT_PACKET_MALFORMED' });
  }
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('at protocol level 4 a remaining length may be longer than it needs', () => {
  const parser = new PacketParser({ from: 'CLIENT', level: 4, maxPacketBytes: 10 });
  parser.push(Uint8Array.of(0xc0, 0x80, 0x00));
  assert.deepEqual(parser.next(), { type: 'PINGREQ' });
});
