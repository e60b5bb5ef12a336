// MQTT 5.0, section 2.2.2: the properties of a packet, read and written by their table.
import type { PacketReader } from './packetReader.ts';
import type { PacketWriter } from './packetWriter.ts';
import { PROPERTIES } from './propertyTable.ts';
import { PROPERTY_TYPES, type PropertyTypeName, type PropertyValues } from './propertyTypes.ts';

type Rows = typeof PROPERTIES;
export type PropertyName = keyof Rows;
/** A packet type that has properties, or the will in a CONNECT. */
export type PropertyPlace = Rows['userProperties']['in'][number];

/** The properties of one packet; absent is not sent. */
export type Properties = {
  readonly [Name in PropertyName]?: Rows[Name] extends { readonly onceIn: readonly unknown[] }
    ? readonly PropertyValues[Rows[Name]['type']][]
    : PropertyValues[Rows[Name]['type']];
};

interface Row {
  readonly name: PropertyName;
  readonly id: number;
  readonly type: PropertyTypeName;
  readonly in: readonly PropertyPlace[];
  readonly min?: number;
  readonly max?: number;
  readonly onceIn?: readonly PropertyPlace[];
}

const ROWS: readonly Row[] = Object.entries(PROPERTIES).map(([name, row]) => ({ name: name as PropertyName, ...row }));
const ROWS_BY_ID: ReadonlyMap<number, Row> = new Map(ROWS.map((row) => [row.id, row]));

/**
 * What is put around the fields of a packet that may have properties: `{ properties }`, or nothing when there are none,
 * so that packets of both protocol levels look alike.
 */
export interface WithProperties {
  /** Protocol level 5 only. */
  readonly properties?: Properties;
}

/** Reads the property length and the properties of `place`. Binary values are copies. */
export function readProperties(reader: PacketReader, place: PropertyPlace): WithProperties {
  const length = reader.variableByteInteger();
  if (length === 0) return {};
  const end = reader.enter(length);
  const properties: Record<string, unknown> = {};
  while (!reader.finished) readProperty(reader, place, properties);
  reader.leave(end);
  return { properties };
}

function readProperty(reader: PacketReader, place: PropertyPlace, properties: Record<string, unknown>): void {
  const row = ROWS_BY_ID.get(reader.variableByteInteger());
  if (row === undefined || !row.in.includes(place)) return reader.fail('PROPERTY_MISPLACED', -1);
  const { name, type, onceIn } = row;
  const present = properties[name];
  if (present !== undefined && !mayRepeat(row, place)) reader.fail('PROPERTY_TWICE', -1);
  const value = PROPERTY_TYPES[type].read(reader);
  if (!isInRange(row, value)) reader.fail(type === 'TOPIC_ALIAS' ? 'TOPIC_ALIAS_ZERO' : 'PROPERTY_VALUE', -1);
  if (onceIn === undefined) properties[name] = value;
  else if (present === undefined) properties[name] = [value];
  else (present as unknown[]).push(value);
}

/** Writes the property length and `properties`, which have to be of `place`. */
export function writeProperties(writer: PacketWriter, place: PropertyPlace, properties: Properties = {}): void {
  writer.section((section) => {
    for (const [name, value] of Object.entries(properties)) {
      const { [name as PropertyName]: entry } = PROPERTIES;
      const row: Row = { name: name as PropertyName, ...entry };
      section.require(row.in.includes(place), 'PROPERTY_MISPLACED');
      const values: readonly unknown[] = row.onceIn === undefined ? [value] : (value as readonly unknown[]);
      section.require(values.length < 2 || mayRepeat(row, place), 'PROPERTY_TWICE');
      for (const one of values) {
        section.require(isInRange(row, one), row.type === 'TOPIC_ALIAS' ? 'TOPIC_ALIAS_ZERO' : 'PROPERTY_VALUE');
        section.variableByteInteger(row.id);
        PROPERTY_TYPES[row.type].write(section, one as never);
      }
    }
  });
}

function isInRange({ min = 0, max = Infinity }: Row, value: unknown): boolean {
  return typeof value !== 'number' || (value >= min && value <= max);
}

function mayRepeat({ onceIn }: Row, place: PropertyPlace): boolean {
  return onceIn !== undefined && !onceIn.includes(place);
}
