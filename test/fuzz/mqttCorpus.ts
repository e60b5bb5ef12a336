import { encodePacket } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import { packetsFrom } from '@mkiot/core/mqtt/packets.testing';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import { readRemainingLength, scanRemainingLength } from '@mkiot/core/mqtt/remainingLength';
import fc from 'fast-check';
import { globSync, readFileSync } from 'node:fs';
import { readSequences } from '../conformance/sequences.ts';

const RECORDED = new URL('../../packages/core/src/mqtt/vectors/mqtt-fuzz-seeds/', import.meta.url);
const GENERATED_PER_LEVEL = 1_000;
/** Of the generator: the corpus is the same in every run. */
const GENERATOR_SEED = 1;

/** Packets that a parser takes, and others. */
interface MqttPackets {
  readonly good: readonly Uint8Array[];
  readonly bad: readonly Uint8Array[];
}

export type MqttCorpus = Readonly<Record<ProtocolLevel, MqttPackets>>;

/**
 * Packets of clients to begin with: recorded ones, those of the conformance corpus, good and bad, and generated ones, which
 * have every property and option there is.
 */
export function readMqttCorpus(): MqttCorpus {
  const sequences = readSequences();
  const ofLevel = (level: ProtocolLevel): readonly Uint8Array[] => [
    ...sequences
      .filter((sequence) => (sequence.level === 5) === (level === 5))
      .flatMap(({ messages }) => messages.filter(({ type }) => type === 'send'))
      .flatMap(({ payload }) => packetsIn(Buffer.from(payload.replaceAll(/\s/g, ''), 'hex'))),
    ...fc
      .sample(packetsFrom('CLIENT', level), { numRuns: GENERATED_PER_LEVEL, seed: GENERATOR_SEED })
      .map((packet) => encodePacket(packet, level)),
  ];
  const recorded = globSync('*/*.raw', { cwd: RECORDED })
    .toSorted()
    .flatMap((name) => packetsIn(readFileSync(new URL(name, RECORDED))));
  return { 4: sorted([...recorded, ...ofLevel(4)], 4), 5: sorted(ofLevel(5), 5) };
}

function sorted(packets: readonly Uint8Array[], level: ProtocolLevel): MqttPackets {
  const isGood = (packet: Uint8Array): boolean => {
    const parser = new PacketParser({ from: 'CLIENT', level, maxPacketBytes: packet.length });
    parser.push(packet);
    try {
      return parser.next() !== undefined;
    } catch {
      return false;
    }
  };
  return { good: packets.filter((packet) => isGood(packet)), bad: packets.filter((packet) => !isGood(packet)) };
}

/** Cuts a stream at the ends of its packets; what is no whole packet is the last piece. */
function packetsIn(stream: Uint8Array): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let rest = stream; rest.length > 0;) {
    const count = scanRemainingLength(rest, 1, rest.length);
    const isFramed = count > 0 && count <= 4;
    const length = isFramed ? 1 + count + readRemainingLength(rest, 1, count) : rest.length;
    packets.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return packets;
}
