// MQTT 5.0, section 1.5: how the values of properties are encoded.
import type { PacketReader } from './packetReader.ts';
import type { PacketWriter } from './packetWriter.ts';
import { topicNameRule } from './topics.ts';

/** What a value of each type is in JavaScript. */
export interface PropertyValues {
  readonly BYTE: number;
  readonly TWO_BYTE_INTEGER: number;
  readonly FOUR_BYTE_INTEGER: number;
  readonly VARIABLE_BYTE_INTEGER: number;
  readonly TOPIC_ALIAS: number;
  readonly STRING: string;
  readonly TOPIC_NAME: string;
  readonly STRING_PAIR: readonly [name: string, value: string];
  readonly BINARY: Uint8Array;
}

export type PropertyTypeName = keyof PropertyValues;

type PropertyTypes = {
  readonly [Name in PropertyTypeName]: {
    read(reader: PacketReader): PropertyValues[Name];
    write(writer: PacketWriter, value: PropertyValues[Name]): void;
  };
};

const UINT16: PropertyTypes['TWO_BYTE_INTEGER'] = {
  read: (reader) => reader.uint16(),
  write: (writer, value) => {
    writer.require(isWhole(value, 0xffff), 'PROPERTY_VALUE');
    writer.uint16(value);
  },
};

export const PROPERTY_TYPES: PropertyTypes = {
  BYTE: {
    read: (reader) => reader.uint8(),
    write: (writer, value) => {
      writer.require(isWhole(value, 0xff), 'PROPERTY_VALUE');
      writer.uint8(value);
    },
  },
  TWO_BYTE_INTEGER: UINT16,
  TOPIC_ALIAS: UINT16,
  FOUR_BYTE_INTEGER: {
    read: (reader) => reader.uint32(),
    write: (writer, value) => {
      writer.require(isWhole(value, 0xffff_ffff), 'PROPERTY_VALUE');
      writer.uint32(value);
    },
  },
  VARIABLE_BYTE_INTEGER: {
    read: (reader) => reader.variableByteInteger(),
    write: (writer, value) => writer.variableByteInteger(value),
  },
  STRING: {
    read: (reader) => reader.string(),
    write: (writer, value) => writer.string(value),
  },
  TOPIC_NAME: {
    read: (reader) => {
      const topic = reader.string();
      if (topicNameRule(topic) !== undefined) reader.fail('RESPONSE_TOPIC', -1);
      return topic;
    },
    write: (writer, value) => {
      writer.require(topicNameRule(value) === undefined, 'RESPONSE_TOPIC');
      writer.string(value);
    },
  },
  STRING_PAIR: {
    read: (reader) => [reader.string(), reader.string()],
    write: (writer, [name, value]) => {
      writer.string(name);
      writer.string(value);
    },
  },
  BINARY: {
    read: (reader) => new Uint8Array(reader.binary()),
    write: (writer, value) => writer.binary(value),
  },
};

function isWhole(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}
