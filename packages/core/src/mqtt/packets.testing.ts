// oxlint-disable-next-line no-restricted-imports -- arbitraries for tests; nothing that runs imports this file
import fc from 'fast-check';
import type { ConnackReturnCode } from './connack.ts';
import type { Packet } from './packet.ts';
import { PACKET_TYPES, type PacketTypeName, type Sender } from './packetTypes.ts';
import type { QoS } from './qos.ts';
import { SUBACK_FAILURE, type SubackReturnCode } from './suback.ts';

// Every valid packet of MQTT 3.1.1, for property tests.

/** Like what the decoder makes: objects with the usual prototype. */
function record<Members extends object>(members: {
  [Name in keyof Members]: fc.Arbitrary<Members[Name]>;
}): fc.Arbitrary<Members> {
  return fc.record<Members>(members, { noNullPrototype: true });
}

const packetId = fc.oneof(fc.constantFrom(1, 0xff, 0x100, 0xffff), fc.integer({ min: 1, max: 0xffff }));
const qos = fc.constantFrom<QoS>(0, 1, 2);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.integer({ min: 100, max: 20_000 }).map((length) => new Uint8Array(length).fill(0xa5)),
);
/** Any text that a packet may carry: ASCII, all planes, a leading U+FEFF, control characters. */
const text = fc
  .oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('', '\uFEFF', '\uFEFFa', '\u0001\u007f', '𝄞', 'ÿ'.repeat(130)),
  )
  .map((value) => value.replaceAll('\0', ''));
const topicName = text.map((value) => value.replaceAll(/[+#]/g, '') || '/');
const level = fc.oneof(
  fc.constant('+'),
  text.map((value) => value.replaceAll(/[+#/]/g, '')),
);
const topicFilter = fc
  .tuple(fc.array(level, { maxLength: 4 }), fc.boolean())
  .map(([levels, hash]) => [...levels, ...(hash ? ['#'] : [])].join('/') || '#');

const connect = fc
  .record({
    type: fc.constant('CONNECT' as const),
    clientId: text,
    cleanSession: fc.boolean(),
    keepAliveSeconds: fc.integer({ min: 0, max: 0xffff }),
    will: fc.option(record({ topic: topicName, payload: bytes, qos, retain: fc.boolean() }), { nil: undefined }),
    userName: fc.option(text, { nil: undefined }),
    password: fc.option(bytes, { nil: undefined }),
  })
  .map((packet) => ({
    ...packet,
    cleanSession: packet.cleanSession || packet.clientId === '',
    password: packet.userName === undefined ? undefined : packet.password,
  }));

const connack = fc
  .record({ sessionPresent: fc.boolean(), returnCode: fc.constantFrom<ConnackReturnCode>(0, 1, 2, 3, 4, 5) })
  .map(({ sessionPresent, returnCode }) => ({
    type: 'CONNACK' as const,
    sessionPresent: sessionPresent && returnCode === 0,
    returnCode,
  }));

const publish = fc
  .record({ topic: topicName, payload: bytes, qos, retain: fc.boolean(), dup: fc.boolean(), packetId })
  .map((packet) => ({
    type: 'PUBLISH' as const,
    ...packet,
    dup: packet.dup && packet.qos > 0,
    packetId: packet.qos === 0 ? undefined : packet.packetId,
  }));

const PACKETS: { readonly [Name in PacketTypeName]: fc.Arbitrary<Extract<Packet, { type: Name }>> } = {
  CONNECT: connect,
  CONNACK: connack,
  PUBLISH: publish,
  PUBACK: record({ type: fc.constant('PUBACK' as const), packetId }),
  PUBREC: record({ type: fc.constant('PUBREC' as const), packetId }),
  PUBREL: record({ type: fc.constant('PUBREL' as const), packetId }),
  PUBCOMP: record({ type: fc.constant('PUBCOMP' as const), packetId }),
  SUBSCRIBE: record({
    type: fc.constant('SUBSCRIBE' as const),
    packetId,
    subscriptions: fc.array(record({ filter: topicFilter, qos }), { minLength: 1, maxLength: 5 }),
  }),
  SUBACK: record({
    type: fc.constant('SUBACK' as const),
    packetId,
    returnCodes: fc.array(fc.constantFrom(0, 1, 2, SUBACK_FAILURE), { minLength: 1, maxLength: 5 }),
  }),
  UNSUBSCRIBE: record({
    type: fc.constant('UNSUBSCRIBE' as const),
    packetId,
    filters: fc.array(topicFilter, { minLength: 1, maxLength: 5 }),
  }),
  UNSUBACK: record({ type: fc.constant('UNSUBACK' as const), packetId }),
  PINGREQ: fc.constant({ type: 'PINGREQ' as const }),
  PINGRESP: fc.constant({ type: 'PINGRESP' as const }),
  DISCONNECT: fc.constant({ type: 'DISCONNECT' as const }),
};

/** Any valid packet that `sender` may send. */
export function packetsFrom(sender: Sender): fc.Arbitrary<Packet> {
  const names = (Object.keys(PACKET_TYPES) as PacketTypeName[]).filter(
    (name) => PACKET_TYPES[name].from === 'BOTH' || PACKET_TYPES[name].from === sender,
  );
  return fc.oneof(...names.map((name) => PACKETS[name]));
}

/** A sender and valid packets that it may send. */
export const packetStream: fc.Arbitrary<{ readonly from: Sender; readonly packets: readonly Packet[] }> = fc
  .constantFrom<Sender>('CLIENT', 'SERVER')
  .chain((from) =>
    record({ from: fc.constant(from), packets: fc.array(packetsFrom(from), { minLength: 1, maxLength: 6 }) }),
  );

const wildText = fc.oneof(
  text,
  fc.constantFrom('', '+', '#', 'a/#', 'a#', '#/a', 'a+/b', 'a\0', '\uD800', 'x'.repeat(65_536)),
);
const wildNumber = fc.constantFrom(-1, 0, 1, 1.5, 2, 3, 4, 5, 6, 127, 128, 255, 256, 0xffff, 0x10000, NaN, Infinity);
const wildQoS = wildNumber as fc.Arbitrary<QoS>;
const wildBytes = fc.oneof(bytes, fc.constant(new Uint8Array(65_536)));
const atMostTwo = { maxLength: 2 };

/** Packets of the right types with values that are often wrong: what TypeScript cannot keep from the encoder. */
export const wildPacket: fc.Arbitrary<Packet> = fc.oneof(
  record({
    type: fc.constant('CONNECT' as const),
    clientId: wildText,
    cleanSession: fc.boolean(),
    keepAliveSeconds: wildNumber,
    will: fc.option(record({ topic: wildText, payload: wildBytes, qos: wildQoS, retain: fc.boolean() }), {
      nil: undefined,
    }),
    userName: fc.option(wildText, { nil: undefined }),
    password: fc.option(wildBytes, { nil: undefined }),
  }),
  record({
    type: fc.constant('CONNACK' as const),
    sessionPresent: fc.boolean(),
    returnCode: wildNumber as fc.Arbitrary<ConnackReturnCode>,
  }),
  record({
    type: fc.constant('PUBLISH' as const),
    topic: wildText,
    payload: wildBytes,
    qos: wildQoS,
    retain: fc.boolean(),
    dup: fc.boolean(),
    packetId: fc.option(wildNumber, { nil: undefined }),
  }),
  record({
    type: fc.constantFrom('PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'UNSUBACK'),
    packetId: wildNumber,
  }) as fc.Arbitrary<Packet>,
  record({
    type: fc.constant('SUBSCRIBE' as const),
    packetId: wildNumber,
    subscriptions: fc.array(record({ filter: wildText, qos: wildQoS }), atMostTwo),
  }),
  record({
    type: fc.constant('SUBACK' as const),
    packetId: wildNumber,
    returnCodes: fc.array(wildNumber as fc.Arbitrary<SubackReturnCode>, atMostTwo),
  }),
  record({
    type: fc.constant('UNSUBSCRIBE' as const),
    packetId: wildNumber,
    filters: fc.array(wildText, atMostTwo),
  }),
);
