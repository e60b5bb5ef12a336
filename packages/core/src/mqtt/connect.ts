// MQTT 3.1.1 and 5.0, section 3.1: CONNECT.
import { mqttError } from './mqttErrors.ts';
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { readProperties, type WithProperties, writeProperties } from './properties.ts';
import { isProtocolLevel, type ProtocolLevel } from './protocolLevel.ts';
import { isQoS, type QoS } from './qos.ts';
import { topicNameRule } from './topics.ts';

/** What the server publishes when the client is lost, section 3.1.2.5. */
export interface Will extends WithProperties {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
}

export interface ConnectPacket extends WithProperties {
  readonly type: 'CONNECT';
  readonly protocolLevel: ProtocolLevel;
  readonly clientId: string;
  /** Called clean start at protocol level 5. */
  readonly cleanSession: boolean;
  /** 0 turns the keep-alive off. */
  readonly keepAliveSeconds: number;
  readonly will: Will | undefined;
  readonly userName: string | undefined;
  /** When decoded, a copy: it outlives the receive buffer, for a login takes its time. */
  readonly password: Uint8Array | undefined;
}

const PROTOCOL_NAME = 'MQTT';
/** What MQTT 3.1 called itself. */
const OLD_PROTOCOL_NAME = 'MQIsdp';
const MAX_UINT16 = 0xffff;

/** The connect flags, section 3.1.2.3. The two bits of the will QoS start at bit 3. */
const FLAG = {
  reserved: 0x01,
  cleanSession: 0x02,
  will: 0x04,
  willRetain: 0x20,
  password: 0x40,
  userName: 0x80,
} as const;
const WILL_QOS_SHIFT = 3;

/**
 * Besides `MQTT_PACKET_MALFORMED`, throws `MQTT_PROTOCOL_LEVEL_UNSUPPORTED`, whose context has `protocolName` and
 * `protocolLevel`, and `MQTT_CLIENT_ID_REJECTED`: a server has an answer to these two. What follows another protocol
 * level is not looked at.
 */
export function decodeConnect(reader: PacketReader): ConnectPacket {
  reader.level = readProtocolLevel(reader);
  const flags = reader.uint8();
  if ((flags & FLAG.reserved) !== 0) reader.fail('CONNECT_FLAG_RESERVED', -1);
  const willQoS = (flags >> WILL_QOS_SHIFT) & 0b11;
  if (!isQoS(willQoS)) return reader.fail('WILL_QOS', -1);
  const hasWill = (flags & FLAG.will) !== 0;
  const willRetain = (flags & FLAG.willRetain) !== 0;
  if (!hasWill && willQoS !== 0) reader.fail('WILL_QOS_WITHOUT_WILL', -1);
  if (!hasWill && willRetain) reader.fail('WILL_RETAIN_WITHOUT_WILL', -1);
  // A password without a user name breaks MQTT-3.1.2-22, yet IoT Core took it and MQTT 5 allows it. We never send one.
  const keepAliveSeconds = reader.uint16();
  const withProperties = reader.level === 5 ? readProperties(reader, 'CONNECT') : {};
  const packet: ConnectPacket = {
    type: 'CONNECT',
    protocolLevel: reader.level,
    clientId: reader.string(),
    cleanSession: (flags & FLAG.cleanSession) !== 0,
    keepAliveSeconds,
    will: hasWill ? decodeWill(reader, willQoS, willRetain) : undefined,
    userName: (flags & FLAG.userName) === 0 ? undefined : reader.string(),
    password: (flags & FLAG.password) === 0 ? undefined : new Uint8Array(reader.binary()),
    ...withProperties,
  };
  reader.finish();
  reader.check(authenticationRule(packet));
  if (isClientIdMissing(packet)) throw mqttError('MQTT_CLIENT_ID_REJECTED');
  return packet;
}

function readProtocolLevel(reader: PacketReader): ProtocolLevel {
  const protocolName = reader.string();
  if (protocolName !== PROTOCOL_NAME && protocolName !== OLD_PROTOCOL_NAME) {
    throw mqttError('MQTT_PROTOCOL_NAME_UNKNOWN');
  }
  const protocolLevel = reader.uint8();
  if (protocolName !== PROTOCOL_NAME || !isProtocolLevel(protocolLevel)) {
    throw mqttError('MQTT_PROTOCOL_LEVEL_UNSUPPORTED', { protocolName, protocolLevel });
  }
  return protocolLevel;
}

function decodeWill(reader: PacketReader, qos: QoS, retain: boolean): Will {
  const withProperties = reader.level === 5 ? readProperties(reader, 'WILL') : {};
  const topic = reader.string();
  reader.check(topicNameRule(topic));
  return { topic, payload: new Uint8Array(reader.binary()), qos, retain, ...withProperties };
}

export function encodeConnect(packet: ConnectPacket): Uint8Array<ArrayBuffer> {
  const { protocolLevel, clientId, cleanSession, keepAliveSeconds, will, userName, password } = packet;
  const writer = new PacketWriter('CONNECT', 64 + clientId.length + (password?.length ?? 0));
  writer.require(!isClientIdMissing(packet), 'CLIENT_ID_EMPTY');
  const mayHavePassword = userName !== undefined || protocolLevel === 5;
  writer.require(password === undefined || mayHavePassword, 'PASSWORD_WITHOUT_USER_NAME');
  writer.check(authenticationRule(packet));
  writer.require(isWhole(keepAliveSeconds, MAX_UINT16), 'KEEP_ALIVE');
  writer.string(PROTOCOL_NAME);
  writer.uint8(protocolLevel);
  writer.uint8(
    (cleanSession ? FLAG.cleanSession : 0) |
      (will === undefined ? 0 : FLAG.will | (will.qos << WILL_QOS_SHIFT) | (will.retain ? FLAG.willRetain : 0)) |
      (userName === undefined ? 0 : FLAG.userName) |
      (password === undefined ? 0 : FLAG.password),
  );
  writer.uint16(keepAliveSeconds);
  if (protocolLevel === 5) writeProperties(writer, 'CONNECT', packet.properties);
  writer.string(clientId);
  if (will !== undefined) {
    writer.require(isQoS(will.qos), 'WILL_QOS');
    writer.check(topicNameRule(will.topic));
    if (protocolLevel === 5) writeProperties(writer, 'WILL', will.properties);
    writer.string(will.topic);
    writer.binary(will.payload);
  }
  if (userName !== undefined) writer.string(userName);
  if (password !== undefined) writer.binary(password);
  return writer.finish();
}

/** At protocol level 5 a server may assign one, section 3.1.3.1. */
function isClientIdMissing({ clientId, cleanSession, protocolLevel }: ConnectPacket): boolean {
  return clientId === '' && !cleanSession && protocolLevel === 4;
}

function authenticationRule({ properties }: ConnectPacket): 'AUTHENTICATION_DATA' | undefined {
  const hasDataOnly = properties?.authenticationData !== undefined && properties.authenticationMethod === undefined;
  return hasDataOnly ? 'AUTHENTICATION_DATA' : undefined;
}

function isWhole(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}
