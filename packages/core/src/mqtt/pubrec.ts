// MQTT 3.1.1, section 3.5: PUBREC, the first answer to a PUBLISH at QoS 2.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';

export interface PubrecPacket {
  readonly type: 'PUBREC';
  readonly packetId: number;
}

export function decodePubrec(reader: PacketReader): PubrecPacket {
  const packetId = reader.packetId();
  reader.finish();
  return { type: 'PUBREC', packetId };
}

export function encodePubrec({ packetId }: PubrecPacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('PUBREC', 2);
  writer.packetId(packetId);
  return writer.finish();
}
