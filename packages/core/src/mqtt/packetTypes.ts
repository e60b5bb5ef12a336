import type { ProtocolLevel } from './protocolLevel.ts';

/**
 * The control packets of MQTT 3.1.1, tables 2.1 and 2.2: number, who may send it, and the four flags beside the number,
 * which are reserved in every packet but PUBLISH. `from5` is who may send it in MQTT 5.0 where that differs.
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
  DISCONNECT: { number: 14, from: 'CLIENT', from5: 'BOTH', flags: 0b0000 },
  AUTH: { number: 15, from: 'NOBODY', from5: 'BOTH', flags: 0b0000 },
} as const;

export type PacketTypeName = keyof typeof PACKET_TYPES;

/** Which end of a connection sent a packet. */
export type Sender = 'CLIENT' | 'SERVER';

interface PacketTypeRow {
  readonly name: PacketTypeName;
  readonly from: Sender | 'BOTH';
  readonly flags: number | undefined;
}

const ROWS: Readonly<Record<ProtocolLevel, readonly (PacketTypeRow | undefined)[]>> = { 4: rowsOf(4), 5: rowsOf(5) };

/** The packet type with this number, or `undefined`: 0 is forbidden, and so is 15 in MQTT 3.1.1. */
export function packetType(number: number, level: ProtocolLevel): PacketTypeRow | undefined {
  return ROWS[level][number];
}

/** Whether `sender` may send packets of this type. */
export function maySend(sender: Sender, name: PacketTypeName, level: ProtocolLevel): boolean {
  const from = packetType(PACKET_TYPES[name].number, level)?.from;
  return from === 'BOTH' || from === sender;
}

function rowsOf(level: ProtocolLevel): readonly (PacketTypeRow | undefined)[] {
  const rows: (PacketTypeRow | undefined)[] = [];
  for (const [name, row] of Object.entries(PACKET_TYPES)) {
    const from = level === 5 && 'from5' in row ? row.from5 : row.from;
    if (from !== 'NOBODY') rows[row.number] = { name: name as PacketTypeName, from, flags: row.flags };
  }
  return rows;
}
