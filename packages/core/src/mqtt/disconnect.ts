// MQTT 3.1.1, section 3.14: DISCONNECT, the client says that it goes.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';

export interface DisconnectPacket {
  readonly type: 'DISCONNECT';
}

export function decodeDisconnect(reader: PacketReader): DisconnectPacket {
  reader.finish();
  return { type: 'DISCONNECT' };
}

export function encodeDisconnect(): Uint8Array<ArrayBuffer> {
  return new PacketWriter('DISCONNECT', 0).finish();
}
