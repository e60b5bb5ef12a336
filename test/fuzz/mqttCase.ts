import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import {
  MAX_REMAINING_LENGTH_BYTES,
  remainingLengthBytes,
  scanRemainingLength,
  writeRemainingLength,
} from '@mkiot/core/mqtt/remainingLength';
import type { MqttCorpus } from './mqttCorpus.ts';
import { mutated } from './mutation.ts';
import { Random } from './random.ts';

/** What one client does on one connection. */
export interface MqttCase {
  /** Of the login, or what the bytes were meant for. */
  readonly level: ProtocolLevel;
  /** Whether a good login comes before the bytes. */
  readonly logsIn: boolean;
  /** Whether its session is to outlive the connection. */
  readonly isKept: boolean;
  readonly chunks: readonly Uint8Array[];
  /** Whether it reads what it is sent. */
  readonly reads: boolean;
  /** Whether the same device connects once more before the end. */
  readonly isTakenOver: boolean;
  readonly ending: 'END' | 'DESTROY' | 'SILENCE';
}

const MOST_PACKETS = 6;
const MOST_MUTATIONS = 4;
const MOST_CHUNKS = 5;

/** The case number `index` of a run with `seed`: always the same. */
export function mqttCase(corpus: MqttCorpus, seed: number, index: number): MqttCase {
  const random = new Random(seed, index);
  const level = random.pick<ProtocolLevel>([4, 5]);
  // A session ends at its first bad packet, so most have to be good.
  const packets = Array.from({ length: 1 + random.below(MOST_PACKETS) }, () => {
    const packet = random.pick(corpus[level][random.oneIn(20) ? 'bad' : 'good']);
    return random.oneIn(8) ? spoiltWithin(packet, random) : packet;
  });
  const stream = random.oneIn(8) ? spoilt(concatBytes(...packets), random) : concatBytes(...packets);
  return {
    level,
    logsIn: !random.oneIn(4),
    isKept: random.oneIn(3),
    chunks: cut(stream, random),
    reads: !random.oneIn(20),
    isTakenOver: random.oneIn(8),
    ending: random.oneIn(50) ? 'SILENCE' : random.pick(['END', 'DESTROY'] as const),
  };
}

function spoilt(bytes: Uint8Array, random: Random): Uint8Array {
  let result = bytes;
  for (let count = 1 + random.below(MOST_MUTATIONS); count > 0; count--) result = mutated(result, random);
  return result;
}

/** A packet whose body is spoilt and whose length is right again: else hardly anything would get behind the framing. */
function spoiltWithin(packet: Uint8Array, random: Random): Uint8Array {
  const count = scanRemainingLength(packet, 1, packet.length);
  if (count === 0 || count > MAX_REMAINING_LENGTH_BYTES) return packet;
  const body = spoilt(packet.subarray(1 + count), random);
  const header = new Uint8Array(1 + remainingLengthBytes(body.length));
  header[0] = packet[0] as number;
  writeRemainingLength(header, 1, body.length);
  return concatBytes(header, body);
}

function cut(stream: Uint8Array, random: Random): readonly Uint8Array[] {
  const ends = Array.from({ length: random.below(MOST_CHUNKS) }, () => random.below(stream.length + 1));
  const bounds = [0, ...ends.toSorted((one, other) => one - other), stream.length];
  return bounds.slice(1).map((end, number) => stream.subarray(bounds[number], end));
}

/** A case as it is saved to be run again. */
export function formatMqttCase(one: MqttCase): string {
  const chunks = one.chunks.map((chunk) => Buffer.from(chunk).toString('hex'));
  return `${JSON.stringify({ ...one, chunks }, undefined, 2)}\n`;
}

export function parseMqttCase(text: string): MqttCase {
  const saved = JSON.parse(text) as Omit<MqttCase, 'chunks'> & { readonly chunks: readonly string[] };
  return { ...saved, chunks: saved.chunks.map((chunk) => Buffer.from(chunk, 'hex')) };
}
