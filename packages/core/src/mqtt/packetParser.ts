import { concatBytes } from '../bytes/bytes.ts';
import { mqttError } from './mqttErrors.ts';
import { decodePacket, type Packet } from './packet.ts';
import { malformed, PacketReader } from './packetReader.ts';
import { packetType, type PacketTypeName, type Sender } from './packetTypes.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { MAX_REMAINING_LENGTH_BYTES, readRemainingLength, scanRemainingLength } from './remainingLength.ts';

const NOTHING = new Uint8Array(0);

export interface PacketParserOptions {
  /** Who sends what is parsed; packets that only the other end may send are refused. */
  readonly from: Sender;
  /** Longest packet accepted, fixed header included. May be changed between packets. */
  readonly maxPacketBytes: number;
  /** What the packets are read as; default 4. Packets of a client are read as what its CONNECT says. */
  readonly level?: ProtocolLevel;
}

/**
 * Cuts a byte stream into packets, whatever the chunks. Push a chunk, then pull packets until there is none:
 *
 * @example
 * parser.push(chunk);
 * for (let packet = parser.next(); packet !== undefined; packet = parser.next()) handle(packet);
 *
 * Whoever must stop in between just stops pulling. A packet that lies whole in its chunk is decoded in place, without a
 * copy; of a packet that does not, at most `maxPacketBytes` are kept.
 */
export class PacketParser {
  maxPacketBytes: number;
  readonly #from: Sender;
  readonly #reader = new PacketReader();
  #failure: unknown = undefined;
  /** Of the header that was read last. */
  #packet: PacketTypeName = 'CONNECT';
  #headerBytes = 0;
  #chunk: Uint8Array = NOTHING;
  #position = 0;
  /** The beginning of a packet whose end has not come yet; `#partialLength` bytes of it are filled. */
  #partial: Uint8Array = NOTHING;
  #partialLength = 0;

  constructor(options: PacketParserOptions) {
    this.#from = options.from;
    this.maxPacketBytes = options.maxPacketBytes;
    this.#reader.level = options.level ?? 4;
  }

  /** Takes more of the stream. Cheapest after {@link next} has returned `undefined`: else what waits is copied. */
  push(chunk: Uint8Array): void {
    if (this.#failure !== undefined) return;
    const isDone = this.#position === this.#chunk.length;
    this.#chunk = isDone ? chunk : concatBytes(this.#chunk.subarray(this.#position), chunk);
    this.#position = 0;
  }

  /**
   * The next packet, or `undefined` when its end has not arrived. Throws a `MkiotError` for bytes that break the
   * protocol, and the same one ever after: there is no way back into a stream that has lost its beat.
   */
  next(): Packet | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#partialLength > 0 ? this.#nextFromPartial() : this.#nextInPlace();
    } catch (error) {
      this.#failure = error;
      this.#release();
      throw error;
    }
  }

  #nextInPlace(): Packet | undefined {
    const start = this.#position;
    const end = this.#chunk.length;
    const length = this.#readHeader(this.#chunk, start, end);
    if (length > 0 && start + length <= end) {
      this.#position = start + length;
      return this.#decode(this.#chunk, start, length);
    }
    if (start < end) this.#keepPartial(end - start);
    this.#chunk = NOTHING;
    this.#position = 0;
    return undefined;
  }

  #nextFromPartial(): Packet | undefined {
    let length = this.#readHeader(this.#partial, 0, this.#partialLength);
    while (length === 0 && this.#position < this.#chunk.length) {
      this.#keepPartial(1);
      length = this.#readHeader(this.#partial, 0, this.#partialLength);
    }
    if (length > 0) this.#keepPartial(Math.min(length - this.#partialLength, this.#chunk.length - this.#position));
    if (length === 0 || this.#partialLength < length) {
      this.#chunk = NOTHING;
      this.#position = 0;
      return undefined;
    }
    const whole = this.#partial;
    this.#partial = NOTHING;
    this.#partialLength = 0;
    return this.#decode(whole, 0, length);
  }

  /** Moves `count` bytes of the chunk to the partial packet. It grows with what has come, not with what was announced. */
  #keepPartial(count: number): void {
    const length = this.#partialLength + count;
    if (length > this.#partial.length) {
      const roomy = Math.min(2 * length, this.maxPacketBytes);
      const larger = new Uint8Array(Math.max(length, roomy));
      larger.set(this.#partial.subarray(0, this.#partialLength));
      this.#partial = larger;
    }
    this.#partial.set(this.#chunk.subarray(this.#position, this.#position + count), this.#partialLength);
    this.#partialLength = length;
    this.#position += count;
  }

  /** Length of the packet at `start`, or 0 when its fixed header is not whole. Refuses what can be refused so far. */
  #readHeader(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) return 0;
    this.#packet = this.#packetType(bytes[start] as number);
    const lengthBytes = scanRemainingLength(bytes, start + 1, end);
    if (lengthBytes === 0) return 0;
    if (lengthBytes > MAX_REMAINING_LENGTH_BYTES) throw malformed(this.#packet, lengthBytes - 1, 'REMAINING_LENGTH');
    this.#headerBytes = 1 + lengthBytes;
    const length = this.#headerBytes + readRemainingLength(bytes, start + 1, lengthBytes);
    if (length > this.maxPacketBytes) {
      throw mqttError('MQTT_PACKET_TOO_LARGE', { packet: this.#packet, length, limit: this.maxPacketBytes });
    }
    return length;
  }

  #packetType(firstByte: number): PacketTypeName {
    const row = packetType(firstByte >> 4, this.#reader.level);
    if (row === undefined) throw malformed('packet', 0, 'TYPE_FORBIDDEN');
    const { name: packet, from, flags } = row;
    // What cannot be parsed is malformed, whoever sent it; only what can be parsed is unexpected (MQTT 5.0, section 1.2).
    if (flags !== undefined && flags !== (firstByte & 0x0f)) throw malformed(packet, 0, 'FLAGS_RESERVED');
    if (from !== 'BOTH' && from !== this.#from) {
      throw mqttError('MQTT_PACKET_UNEXPECTED', { packet, sender: this.#from.toLowerCase() });
    }
    return packet;
  }

  /** Decodes the packet whose header has been read last. */
  #decode(bytes: Uint8Array, start: number, length: number): Packet {
    this.#reader.open(this.#packet, bytes, start, start + this.#headerBytes, start + length);
    const packet = decodePacket(this.#reader);
    // Only now the level of a CONNECT is known. MQTT 3.1.1 has no such rule.
    const isPadded = this.#headerBytes > 2 && bytes[start + this.#headerBytes - 1] === 0;
    if (isPadded && this.#reader.level === 5)
      throw malformed(packet.type, this.#headerBytes - 1, 'VARIABLE_BYTE_INTEGER');
    return packet;
  }

  #release(): void {
    this.#chunk = NOTHING;
    this.#position = 0;
    this.#partial = NOTHING;
    this.#partialLength = 0;
  }
}
