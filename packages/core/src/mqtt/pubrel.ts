// MQTT 3.1.1, section 3.6: PUBREL, the answer to a PUBREC.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';

export interface PubrelPacket {
  readonly type: 'PUBREL';
  readonly packetId: number;
}

export function decodePubrel(reader: PacketReader): PubrelPacket {
  const packetId = reader.packetId();
  reader.finish();
  return { type: 'PUBREL', packetId };
}

export function encodePubrel({ packetId }: PubrelPacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('PUBREL', 2);
  writer.packetId(packetId);
  return writer.finish();
}
