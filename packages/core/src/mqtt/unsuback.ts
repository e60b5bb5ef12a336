// MQTT 3.1.1, section 3.11: UNSUBACK, the answer to an UNSUBSCRIBE.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';

export interface UnsubackPacket {
  readonly type: 'UNSUBACK';
  readonly packetId: number;
}

export function decodeUnsuback(reader: PacketReader): UnsubackPacket {
  const packetId = reader.packetId();
  reader.finish();
  return { type: 'UNSUBACK', packetId };
}

export function encodeUnsuback({ packetId }: UnsubackPacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('UNSUBACK', 2);
  writer.packetId(packetId);
  return writer.finish();
}
