// MQTT 3.1.1 and 5.0, section 3.4: PUBACK, the answer to a PUBLISH at QoS 1.
import { invalid, isPacketId } from './packetWriter.ts';
import { PACKET_TYPES } from './packetTypes.ts';

const BODY_BYTES = 2;
const PACKET_BYTES = 2 + BODY_BYTES;

/**
 * A PUBACK for each of `packetIds`, in one buffer: what one commit to disk releases leaves in one write. Success needs no
 * reason code, so these bytes are right at both protocol levels.
 */
export function encodePubacks(packetIds: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(packetIds.length * PACKET_BYTES);
  let at = 0;
  for (const id of packetIds) {
    if (!isPacketId(id)) throw invalid('PUBACK', 'PACKET_ID');
    bytes[at++] = PACKET_TYPES.PUBACK.number << 4;
    bytes[at++] = BODY_BYTES;
    bytes[at++] = id >>> 8;
    bytes[at++] = id & 0xff;
  }
  return bytes;
}
