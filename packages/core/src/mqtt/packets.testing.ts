// oxlint-disable-next-line no-restricted-imports -- arbitraries for tests; nothing that runs imports this file
import fc from 'fast-check';
import type { ConnectPacket } from './connect.ts';
import type { Packet } from './packet.ts';
import type { PublishPacket } from './publish.ts';
import { maySend, PACKET_TYPES, type PacketTypeName, type Sender } from './packetTypes.ts';
import type { PropertyPlace, WithProperties } from './properties.ts';
import { withPropertiesOf } from './properties.testing.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import type { QoS } from './qos.ts';
import { isReasonCodeOf } from './reasonCodes.ts';
import { SUBACK_FAILURE } from './suback.ts';
import { isShared } from './topics.ts';

// Every valid packet of MQTT 3.1.1 and 5.0, for property tests.

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
/** Any text that a packet may carry: ASCII, all planes, a leading U+FEFF. */
const text = fc
  .oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('', '\uFEFF', '\uFEFFa', '𝄞', 'ÿ'.repeat(130)),
  )
  .map((value) => value.replaceAll(/\p{Cc}/gu, ''));
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
    protocolLevel: fc.constant(4 as const),
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
  .record({ sessionPresent: fc.boolean(), returnCode: fc.constantFrom(0, 1, 2, 3, 4, 5) })
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

type Packets = { readonly [Name in PacketTypeName]: fc.Arbitrary<Extract<Packet, { type: Name }>> };

/** Those of MQTT 3.1.1. */
const PACKETS: Omit<Packets, 'AUTH'> = {
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

/** A reason code of the packet, left out when it is 0. */
function reasonCodeOf(packet: PacketTypeName): fc.Arbitrary<{ readonly reasonCode?: number }> {
  return codeOf(packet).map((code) => (code === 0 ? {} : { reasonCode: code }));
}

function codeOf(packet: PacketTypeName): fc.Arbitrary<number> {
  return fc.constantFrom(
    ...Array.from({ length: 256 }, (_, code) => code).filter((code) => isReasonCodeOf(packet, code)),
  );
}

/** Puts several sets of members together. */
function joined<Members extends object>(...parts: fc.Arbitrary<object>[]): fc.Arbitrary<Members> {
  return fc.tuple(...parts).map((objects) => Object.assign({}, ...objects) as Members);
}

function withProperties<P extends Packet>(
  packet: fc.Arbitrary<P>,
  place: PropertyPlace,
): fc.Arbitrary<P & WithProperties> {
  return joined<P & WithProperties>(packet, withPropertiesOf(place));
}

const options = record({
  noLocal: fc.boolean(),
  retainAsPublished: fc.boolean(),
  retainHandling: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
}).map((some) => (some.noLocal || some.retainAsPublished || some.retainHandling > 0 ? { options: some } : {}));

const subscription5 = fc
  .tuple(record({ filter: topicFilter, qos }), options)
  .filter(([{ filter }]) => !isShared(filter))
  .map(([plain, some]) => ({ ...plain, ...some }));

/** Those of MQTT 5.0. */
const PACKETS_5: Packets = {
  ...PACKETS,
  CONNECT: fc
    .tuple(withProperties(connect, 'CONNECT'), withPropertiesOf('WILL'), fc.option(bytes, { nil: undefined }))
    .map(([packet, ofWill, password]): ConnectPacket => ({
      ...packet,
      protocolLevel: 5 as const,
      password,
      will: packet.will === undefined ? undefined : { ...packet.will, ...ofWill },
    }))
    .filter(({ properties }) => !(properties?.authenticationData && properties.authenticationMethod === undefined)),
  CONNACK: withProperties(
    record({ sessionPresent: fc.boolean(), returnCode: codeOf('CONNACK') }).map(({ sessionPresent, returnCode }) => ({
      type: 'CONNACK' as const,
      sessionPresent: sessionPresent && returnCode === 0,
      returnCode,
    })),
    'CONNACK',
  ),
  PUBLISH: fc
    .tuple(withProperties(publish, 'PUBLISH'), fc.boolean())
    .map(([packet, isAliased]): PublishPacket =>
      isAliased && packet.properties?.topicAlias !== undefined ? { ...packet, topic: '' } : packet,
    ),
  PUBACK: joined(PACKETS.PUBACK, reasonCodeOf('PUBACK'), withPropertiesOf('PUBACK')),
  PUBREC: joined(PACKETS.PUBREC, reasonCodeOf('PUBREC'), withPropertiesOf('PUBREC')),
  PUBREL: joined(PACKETS.PUBREL, reasonCodeOf('PUBREL'), withPropertiesOf('PUBREL')),
  PUBCOMP: joined(PACKETS.PUBCOMP, reasonCodeOf('PUBCOMP'), withPropertiesOf('PUBCOMP')),
  SUBSCRIBE: withProperties(
    record({
      type: fc.constant('SUBSCRIBE' as const),
      packetId,
      subscriptions: fc.array(subscription5, { minLength: 1, maxLength: 5 }),
    }),
    'SUBSCRIBE',
  ),
  SUBACK: withProperties(
    record({
      type: fc.constant('SUBACK' as const),
      packetId,
      returnCodes: fc.array(codeOf('SUBACK'), { minLength: 1, maxLength: 5 }),
    }),
    'SUBACK',
  ),
  UNSUBSCRIBE: withProperties(
    PACKETS.UNSUBSCRIBE.filter(({ filters }) => !filters.some(isShared)),
    'UNSUBSCRIBE',
  ),
  UNSUBACK: withProperties(
    record({
      type: fc.constant('UNSUBACK' as const),
      packetId,
      reasonCodes: fc.array(codeOf('UNSUBACK'), { minLength: 1, maxLength: 5 }),
    }),
    'UNSUBACK',
  ),
  DISCONNECT: joined(PACKETS.DISCONNECT, reasonCodeOf('DISCONNECT'), withPropertiesOf('DISCONNECT')),
  AUTH: withProperties(record({ type: fc.constant('AUTH' as const), reasonCode: codeOf('AUTH') }), 'AUTH'),
};

const BY_LEVEL: Readonly<Record<ProtocolLevel, Partial<Packets>>> = { 4: PACKETS, 5: PACKETS_5 };

/** Any valid packet that `sender` may send. */
export function packetsFrom(sender: Sender, level: ProtocolLevel = 4): fc.Arbitrary<Packet> {
  const names = (Object.keys(PACKET_TYPES) as PacketTypeName[]).filter((name) => maySend(sender, name, level));
  return fc.oneof(...names.map((name) => BY_LEVEL[level][name] as fc.Arbitrary<Packet>));
}

export interface PacketStream {
  readonly from: Sender;
  readonly level: ProtocolLevel;
  readonly packets: readonly Packet[];
}

/** A sender and valid packets that it may send, all of one of `levels`. */
export function packetStreams(...levels: readonly ProtocolLevel[]): fc.Arbitrary<PacketStream> {
  return fc.tuple(fc.constantFrom<Sender>('CLIENT', 'SERVER'), fc.constantFrom(...levels)).chain(([from, level]) =>
    record({
      from: fc.constant(from),
      level: fc.constant(level),
      packets: fc.array(packetsFrom(from, level), { minLength: 1, maxLength: 6 }),
    }),
  );
}

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
    protocolLevel: fc.constantFrom<ProtocolLevel>(4, 5),
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
    returnCode: wildNumber,
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
    returnCodes: fc.array(wildNumber, atMostTwo),
  }),
  record({
    type: fc.constant('UNSUBSCRIBE' as const),
    packetId: wildNumber,
    filters: fc.array(wildText, atMostTwo),
  }),
);
