import { type ConnackPacket, decodeConnack, encodeConnack } from './connack.ts';
import { type ConnectPacket, decodeConnect, encodeConnect } from './connect.ts';
import { decodeDisconnect, type DisconnectPacket, encodeDisconnect } from './disconnect.ts';
import type { PacketReader } from './packetReader.ts';
import type { PacketTypeName } from './packetTypes.ts';
import { decodePingreq, encodePingreq, type PingreqPacket } from './pingreq.ts';
import { decodePingresp, encodePingresp, type PingrespPacket } from './pingresp.ts';
import { decodePuback, encodePuback, type PubackPacket } from './puback.ts';
import { decodePubcomp, encodePubcomp, type PubcompPacket } from './pubcomp.ts';
import { decodePublish, encodePublish, type PublishPacket } from './publish.ts';
import { decodePubrec, encodePubrec, type PubrecPacket } from './pubrec.ts';
import { decodePubrel, encodePubrel, type PubrelPacket } from './pubrel.ts';
import { decodeSuback, encodeSuback, type SubackPacket } from './suback.ts';
import { decodeSubscribe, encodeSubscribe, type SubscribePacket } from './subscribe.ts';
import { decodeUnsuback, encodeUnsuback, type UnsubackPacket } from './unsuback.ts';
import { decodeUnsubscribe, encodeUnsubscribe, type UnsubscribePacket } from './unsubscribe.ts';

/** A control packet of MQTT 3.1.1. */
export type Packet =
  | ConnectPacket
  | ConnackPacket
  | PublishPacket
  | PubackPacket
  | PubrecPacket
  | PubrelPacket
  | PubcompPacket
  | SubscribePacket
  | SubackPacket
  | UnsubscribePacket
  | UnsubackPacket
  | PingreqPacket
  | PingrespPacket
  | DisconnectPacket;

type Codecs = {
  readonly [Name in PacketTypeName]: {
    readonly decode: (reader: PacketReader) => Extract<Packet, { type: Name }>;
    readonly encode: (packet: Extract<Packet, { type: Name }>) => Uint8Array<ArrayBuffer>;
  };
};

const CODECS: Codecs = {
  CONNECT: { decode: decodeConnect, encode: encodeConnect },
  CONNACK: { decode: decodeConnack, encode: encodeConnack },
  PUBLISH: { decode: decodePublish, encode: encodePublish },
  PUBACK: { decode: decodePuback, encode: encodePuback },
  PUBREC: { decode: decodePubrec, encode: encodePubrec },
  PUBREL: { decode: decodePubrel, encode: encodePubrel },
  PUBCOMP: { decode: decodePubcomp, encode: encodePubcomp },
  SUBSCRIBE: { decode: decodeSubscribe, encode: encodeSubscribe },
  SUBACK: { decode: decodeSuback, encode: encodeSuback },
  UNSUBSCRIBE: { decode: decodeUnsubscribe, encode: encodeUnsubscribe },
  UNSUBACK: { decode: decodeUnsuback, encode: encodeUnsuback },
  PINGREQ: { decode: decodePingreq, encode: encodePingreq },
  PINGRESP: { decode: decodePingresp, encode: encodePingresp },
  DISCONNECT: { decode: decodeDisconnect, encode: encodeDisconnect },
};

/** The packet that `reader` has been opened at. */
export function decodePacket(reader: PacketReader): Packet {
  return CODECS[reader.packet].decode(reader);
}

/** Bytes of any packet. Throws `MQTT_PACKET_INVALID` for one that the other side would have to refuse. */
export function encodePacket(packet: Packet): Uint8Array<ArrayBuffer> {
  const encode = CODECS[packet.type].encode as (packet: Packet) => Uint8Array<ArrayBuffer>;
  return encode(packet);
}
