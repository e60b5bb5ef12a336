/**
 * The control packets of MQTT 3.1.1, tables 2.1 and 2.2: number, who may send it, and the four flags beside the number,
 * which are reserved in every packet but PUBLISH.
 */
export const PACKET_TYPES = {
  CONNECT: { number: 1, from: 'CLIENT', flags: 0b0000 },
  CONNACK: { number: 2, from: 'SERVER', flags: 0b0000 },
  PUBLISH: { number: 3, from: 'BOTH', flags: undefined },
  PUBACK: { number: 4, from: 'BOTH', flags: 0b0000 },
  PUBREC: { number: 5, from: 'BOTH', flags: 0b0000 },
  PUBREL: { number: 6, from: 'BOTH', flags: 0b0010 },
  PUBCOMP: { number: 7, from: 'BOTH', flags: 0b0000 },
  SUBSCRIBE: { number: 8, from: 'CLIENT', flags: 0b0010 },
  SUBACK: { number: 9, from: 'SERVER', flags: 0b0000 },
  UNSUBSCRIBE: { number: 10, from: 'CLIENT', flags: 0b0010 },
  UNSUBACK: { number: 11, from: 'SERVER', flags: 0b0000 },
  PINGREQ: { number: 12, from: 'CLIENT', flags: 0b0000 },
  PINGRESP: { number: 13, from: 'SERVER', flags: 0b0000 },
  DISCONNECT: { number: 14, from: 'CLIENT', flags: 0b0000 },
} as const;

export type PacketTypeName = keyof typeof PACKET_TYPES;

/** Which end of a connection sent a packet. */
export type Sender = 'CLIENT' | 'SERVER';

const NAMES: readonly PacketTypeName[] = Object.keys(PACKET_TYPES) as PacketTypeName[];

/** Name of the packet type with this number, or `undefined`: 0 and 15 are forbidden. */
export function packetTypeName(number: number): PacketTypeName | undefined {
  return NAMES[number - 1];
}
