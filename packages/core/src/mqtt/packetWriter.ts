import { mqttError } from './mqttErrors.ts';
import { PACKET_TYPES, type PacketTypeName } from './packetTypes.ts';
import {
  MAX_REMAINING_LENGTH,
  MAX_REMAINING_LENGTH_BYTES,
  remainingLengthBytes,
  writeRemainingLength,
} from './remainingLength.ts';
import { ruleContext, type RuleName } from './rules.ts';
import { encodeUtf8, MAX_FIELD_BYTES, stringRule } from './utf8String.ts';

const HEADER_ROOM = 1 + MAX_REMAINING_LENGTH_BYTES;

/**
 * Writes one packet: the fields first, then the fixed header into the room left before them. Refuses what a decoder
 * would refuse with `MQTT_PACKET_INVALID`.
 */
export class PacketWriter {
  readonly #packet: PacketTypeName;
  #bytes: Uint8Array<ArrayBuffer>;
  #position = HEADER_ROOM;

  /** @param bodyBytes how long the body will be, roughly; it may become longer */
  constructor(packet: PacketTypeName, bodyBytes: number = 64) {
    this.#packet = packet;
    this.#bytes = new Uint8Array(HEADER_ROOM + bodyBytes);
  }

  uint8(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  uint16(value: number): void {
    const at = this.#grow(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value & 0xff;
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value & 0xffff);
  }

  /** MQTT 5.0, section 1.5.5. */
  variableByteInteger(value: number): void {
    this.require(Number.isInteger(value) && value >= 0 && value <= MAX_REMAINING_LENGTH, 'VARIABLE_BYTE_INTEGER');
    const at = this.#grow(remainingLengthBytes(value));
    writeRemainingLength(this.#bytes, at, value);
  }

  /** What `write` writes, with its length as a variable byte integer before it. */
  section(write: (section: PacketWriter) => void): void {
    const section = new PacketWriter(this.#packet);
    write(section);
    const bytes = section.#bytes.subarray(HEADER_ROOM, section.#position);
    this.variableByteInteger(bytes.length);
    this.raw(bytes);
  }

  packetId(id: number): void {
    this.require(isPacketId(id), 'PACKET_ID');
    this.uint16(id);
  }

  binary(bytes: Uint8Array): void {
    this.require(bytes.length <= MAX_FIELD_BYTES, 'STRING_TOO_LONG');
    this.uint16(bytes.length);
    this.raw(bytes);
  }

  string(text: string): void {
    this.check(stringRule(text));
    this.binary(encodeUtf8(text));
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** The whole packet. */
  finish(flags: number = PACKET_TYPES[this.#packet].flags ?? 0): Uint8Array<ArrayBuffer> {
    const length = this.#position - HEADER_ROOM;
    this.require(length <= MAX_REMAINING_LENGTH, 'REMAINING_LENGTH');
    const start = HEADER_ROOM - 1 - remainingLengthBytes(length);
    this.#bytes[start] = (PACKET_TYPES[this.#packet].number << 4) | flags;
    writeRemainingLength(this.#bytes, start + 1, length);
    return this.#bytes.subarray(start, this.#position);
  }

  check(rule: RuleName | undefined): void {
    if (rule !== undefined) throw invalid(this.#packet, rule);
  }

  require(condition: boolean, rule: RuleName): void {
    if (!condition) throw invalid(this.#packet, rule);
  }

  /** Makes room and returns where it starts. May replace `#bytes`: call it before naming them. */
  #grow(length: number): number {
    const at = this.#position;
    this.#position += length;
    if (this.#position > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#position, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }
}

/** Whether `id` can identify a packet (MQTT-2.3.1-1). */
export function isPacketId(id: number): boolean {
  return Number.isInteger(id) && id >= 1 && id <= 0xffff;
}

/** The error for a packet that must not be sent. */
export function invalid(packet: PacketTypeName, rule: RuleName): Error {
  return mqttError('MQTT_PACKET_INVALID', { packet, ...ruleContext(rule) });
}
