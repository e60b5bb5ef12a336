// MQTT 3.1.1, section 3.12: PINGREQ, the client asks whether the server is there.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';

export interface PingreqPacket {
  readonly type: 'PINGREQ';
}

export function decodePingreq(reader: PacketReader): PingreqPacket {
  reader.finish();
  return { type: 'PINGREQ' };
}

export function encodePingreq(): Uint8Array<ArrayBuffer> {
  return new PacketWriter('PINGREQ', 0).finish();
}
