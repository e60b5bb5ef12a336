// MQTT 3.1.1, section 3.7: PUBCOMP, the answer to a PUBREL.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';

export interface PubcompPacket {
  readonly type: 'PUBCOMP';
  readonly packetId: number;
}

export function decodePubcomp(reader: PacketReader): PubcompPacket {
  const packetId = reader.packetId();
  reader.finish();
  return { type: 'PUBCOMP', packetId };
}

export function encodePubcomp({ packetId }: PubcompPacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('PUBCOMP', 2);
  writer.packetId(packetId);
  return writer.finish();
}
