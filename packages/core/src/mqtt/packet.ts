import {
  type Acknowledgement,
  type AcknowledgementType,
  decodeAcknowledgement,
  encodeAcknowledgement,
} from './acknowledgement.ts';
import { type AuthPacket, decodeAuth, encodeAuth } from './auth.ts';
import { type ConnackPacket, decodeConnack, encodeConnack } from './connack.ts';
import { type ConnectPacket, decodeConnect, encodeConnect } from './connect.ts';
import { decodeDisconnect, type DisconnectPacket, encodeDisconnect } from './disconnect.ts';
import type { PacketReader } from './packetReader.ts';
import type { PacketTypeName } from './packetTypes.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { decodePingreq, encodePingreq, type PingreqPacket } from './pingreq.ts';
import { decodePingresp, encodePingresp, type PingrespPacket } from './pingresp.ts';
import { decodePublish, encodePublish, type PublishPacket } from './publish.ts';
import { decodeSuback, encodeSuback, type SubackPacket } from './suback.ts';
import { decodeSubscribe, encodeSubscribe, type SubscribePacket } from './subscribe.ts';
import { decodeUnsuback, encodeUnsuback, type UnsubackPacket } from './unsuback.ts';
import { decodeUnsubscribe, encodeUnsubscribe, type UnsubscribePacket } from './unsubscribe.ts';

/** A control packet of MQTT 3.1.1 or 5.0. */
export type Packet =
  | ConnectPacket
  | ConnackPacket
  | PublishPacket
  | Acknowledgement<'PUBACK'>
  | Acknowledgement<'PUBREC'>
  | Acknowledgement<'PUBREL'>
  | Acknowledgement<'PUBCOMP'>
  | SubscribePacket
  | SubackPacket
  | UnsubscribePacket
  | UnsubackPacket
  | PingreqPacket
  | PingrespPacket
  | DisconnectPacket
  | AuthPacket;

type Codecs = {
  readonly [Name in PacketTypeName]: {
    readonly decode: (reader: PacketReader) => Extract<Packet, { type: Name }>;
    readonly encode: (packet: Extract<Packet, { type: Name }>, level: ProtocolLevel) => Uint8Array<ArrayBuffer>;
  };
};

const CODECS: Codecs = {
  CONNECT: { decode: decodeConnect, encode: encodeConnect },
  CONNACK: { decode: decodeConnack, encode: encodeConnack },
  PUBLISH: { decode: decodePublish, encode: encodePublish },
  PUBACK: acknowledgementCodec('PUBACK'),
  PUBREC: acknowledgementCodec('PUBREC'),
  PUBREL: acknowledgementCodec('PUBREL'),
  PUBCOMP: acknowledgementCodec('PUBCOMP'),
  SUBSCRIBE: { decode: decodeSubscribe, encode: encodeSubscribe },
  SUBACK: { decode: decodeSuback, encode: encodeSuback },
  UNSUBSCRIBE: { decode: decodeUnsubscribe, encode: encodeUnsubscribe },
  UNSUBACK: { decode: decodeUnsuback, encode: encodeUnsuback },
  PINGREQ: { decode: decodePingreq, encode: encodePingreq },
  PINGRESP: { decode: decodePingresp, encode: encodePingresp },
  DISCONNECT: { decode: decodeDisconnect, encode: encodeDisconnect },
  AUTH: { decode: decodeAuth, encode: encodeAuth },
};

/** The packet that `reader` has been opened at. */
export function decodePacket(reader: PacketReader): Packet {
  return CODECS[reader.packet].decode(reader);
}

/**
 * Bytes of any packet at a protocol level; a CONNECT says itself which one. Throws `MQTT_PACKET_INVALID` for a packet that
 * the other side would have to refuse. What level 4 has no room for is left out.
 */
export function encodePacket(packet: Packet, level: ProtocolLevel = 4): Uint8Array<ArrayBuffer> {
  const encode = CODECS[packet.type].encode as (packet: Packet, level: ProtocolLevel) => Uint8Array<ArrayBuffer>;
  return encode(packet, level);
}

function acknowledgementCodec<Type extends AcknowledgementType>(
  type: Type,
): {
  readonly decode: (reader: PacketReader) => Acknowledgement<Type>;
  readonly encode: typeof encodeAcknowledgement;
} {
  return { decode: (reader) => decodeAcknowledgement(type, reader), encode: encodeAcknowledgement };
}
