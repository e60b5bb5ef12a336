// MQTT 3.1.1, section 3.13: PINGRESP, the answer to a PINGREQ.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';

export interface PingrespPacket {
  readonly type: 'PINGRESP';
}

export function decodePingresp(reader: PacketReader): PingrespPacket {
  reader.finish();
  return { type: 'PINGRESP' };
}

export function encodePingresp(): Uint8Array<ArrayBuffer> {
  return new PacketWriter('PINGRESP', 0).finish();
}
