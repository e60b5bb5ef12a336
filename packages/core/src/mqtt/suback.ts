// MQTT 3.1.1, section 3.9: SUBACK.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { isQoS, type QoS } from './qos.ts';

/** The return code for a filter that is not granted. */
export const SUBACK_FAILURE = 0x80;

/** The QoS that is granted, or {@link SUBACK_FAILURE}. */
export type SubackReturnCode = QoS | typeof SUBACK_FAILURE;

export interface SubackPacket {
  readonly type: 'SUBACK';
  readonly packetId: number;
  /** One for each filter of the SUBSCRIBE, in its order. */
  readonly returnCodes: readonly SubackReturnCode[];
}

export function decodeSuback(reader: PacketReader): SubackPacket {
  const packetId = reader.packetId();
  if (reader.finished) reader.fail('SUBACK_EMPTY');
  const returnCodes: SubackReturnCode[] = [];
  while (!reader.finished) {
    const code = reader.uint8();
    if (!isReturnCode(code)) return reader.fail('SUBACK_CODE', -1);
    returnCodes.push(code);
  }
  return { type: 'SUBACK', packetId, returnCodes };
}

export function encodeSuback({ packetId, returnCodes }: SubackPacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('SUBACK', 2 + returnCodes.length);
  writer.require(returnCodes.length > 0, 'SUBACK_EMPTY');
  writer.packetId(packetId);
  for (const code of returnCodes) {
    writer.require(isReturnCode(code), 'SUBACK_CODE');
    writer.uint8(code);
  }
  return writer.finish();
}

function isReturnCode(code: number): code is SubackReturnCode {
  return isQoS(code) || code === SUBACK_FAILURE;
}
