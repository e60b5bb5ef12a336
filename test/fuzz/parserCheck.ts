import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import type { Sender } from '@mkiot/core/mqtt/packetTypes';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import assert from 'node:assert/strict';
import type { MqttCase } from './mqttCase.ts';

const MAX_PACKET_BYTES = 10_000;

interface Parsed {
  readonly packets: readonly Packet[];
  /** What the stream has ended with. */
  readonly fault: string | undefined;
}

/**
 * Parses the bytes of a case, as a server and as a client would. A stream may only end with an error that blames its sender;
 * where its chunks begin changes nothing; a packet that is taken can be written and is the same when it is read again.
 *
 * @returns what has been taken of a client, for the statistics
 */
export function checkParser({ chunks, level }: MqttCase): readonly Packet[] {
  for (const from of ['SERVER', 'CLIENT'] as const) {
    const parsed = parse([concatBytes(...chunks)], from, level);
    assert.deepEqual(parse(chunks, from, level), parsed, `the chunks of a ${from} make a difference`);
    checkWriting(parsed.packets, from, level);
    if (from === 'CLIENT') return parsed.packets;
  }
  return [];
}

function parse(chunks: readonly Uint8Array[], from: Sender, level: ProtocolLevel): Parsed {
  const parser = new PacketParser({ from, level, maxPacketBytes: MAX_PACKET_BYTES });
  const packets: Packet[] = [];
  try {
    for (const chunk of chunks) {
      parser.push(new Uint8Array(chunk));
      for (let packet = parser.next(); packet !== undefined; packet = parser.next()) packets.push(packet);
    }
  } catch (error) {
    if (!(error instanceof MkiotError) || error.blame !== 'peer') throw error;
    return { packets, fault: error.message };
  }
  return { packets, fault: undefined };
}

function checkWriting(packets: readonly Packet[], from: Sender, firstLevel: ProtocolLevel): void {
  let level = firstLevel;
  for (const packet of packets) {
    if (packet.type === 'CONNECT') level = packet.protocolLevel;
    if (!mayBeWritten(packet)) continue;
    assert.deepEqual(parse([encodePacket(packet, level)], from, level), { packets: [packet], fault: undefined });
  }
}

/** A password without a user name is taken in MQTT 3.1.1, but never written. */
function mayBeWritten(packet: Packet): boolean {
  const isOdd = packet.type === 'CONNECT' && packet.protocolLevel === 4 && packet.userName === undefined;
  return !isOdd || packet.password === undefined;
}
