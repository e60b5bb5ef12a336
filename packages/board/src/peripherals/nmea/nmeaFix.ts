// u-blox 8/M8 Receiver description, "NMEA protocol": standard messages, version 4.0, talker GN.
import type { GnssFix } from '../gnss/gnssFix.ts';
import { encodeNmeaSentence, type NmeaSentence } from './nmeaSentence.ts';

/** A satellite as a receiver sees it: degrees, and dBHz. */
export interface SatelliteInView {
  readonly id: number;
  readonly elevation: number;
  readonly azimuth: number;
  readonly strength: number;
}

export type NmeaType = 'GGA' | 'GLL' | 'GSA' | 'GSV' | 'RMC' | 'VTG';

const KNOTS = 3.6 / 1.852;
const SATELLITES_A_SENTENCE = 4;

type Writer = (fix: GnssFix, satellites: readonly SatelliteInView[]) => readonly (readonly string[])[];

/** The fields of each type. What is not known is left empty. */
const WRITERS: Readonly<Record<NmeaType, Writer>> = {
  RMC: (fix) => [
    [
      utcTime(fix),
      fix.dimensions === 0 ? 'V' : 'A',
      ...latitude(fix),
      ...longitude(fix),
      known(fix, (fix.speed * KNOTS).toFixed(3)),
      known(fix, fix.course.toFixed(2)),
      utcDate(fix),
      '',
      '',
      mode(fix),
    ],
  ],
  VTG: (fix) => [
    [
      known(fix, fix.course.toFixed(2)),
      'T',
      '',
      'M',
      known(fix, (fix.speed * KNOTS).toFixed(3)),
      'N',
      known(fix, (fix.speed * 3.6).toFixed(3)),
      'K',
      mode(fix),
    ],
  ],
  GGA: (fix) => [
    [
      utcTime(fix),
      ...latitude(fix),
      ...longitude(fix),
      fix.dimensions === 0 ? '0' : '1',
      two(fix.satellites),
      hdop(fix),
      known(fix, fix.altitude.toFixed(1)),
      'M',
      known(fix, '0.0'),
      'M',
      '',
      '',
    ],
  ],
  GSA: (fix, satellites) => {
    const used = Array.from({ length: 12 }, (_, at) => (at < fix.satellites ? two(satellites[at]?.id ?? 0) : ''));
    return [['A', String(Math.max(1, fix.dimensions)), ...used, hdop(fix), hdop(fix), hdop(fix)]];
  },
  GSV: (_, satellites) => {
    const count = Math.max(1, Math.ceil(satellites.length / SATELLITES_A_SENTENCE));
    return Array.from({ length: count }, (_sentence, at) => {
      const part = satellites.slice(at * SATELLITES_A_SENTENCE, (at + 1) * SATELLITES_A_SENTENCE);
      const fields = part.flatMap((one) => [
        two(one.id),
        two(one.elevation),
        String(one.azimuth).padStart(3, '0'),
        two(one.strength),
      ]);
      return [String(count), String(at + 1), two(satellites.length), ...fields];
    });
  },
  GLL: (fix) => [[...latitude(fix), ...longitude(fix), utcTime(fix), fix.dimensions === 0 ? 'V' : 'A', mode(fix)]],
};

/** The sentences of one type. Satellites are those of GPS, so their sentences have its talker. */
export function nmeaSentences(type: NmeaType, fix: GnssFix, satellites: readonly SatelliteInView[]): string {
  const name = `${type === 'GSV' ? 'GP' : 'GN'}${type}`;
  return WRITERS[type](fix, satellites)
    .map((fields) => encodeNmeaSentence({ name, fields }))
    .join('');
}

/** What a sentence says of the fix; undefined for types that say nothing a program here needs, and for fields that cannot be. */
export function readNmeaFix({ name, fields }: NmeaSentence): Partial<GnssFix> | undefined {
  const type = name.slice(2);
  if (type === 'GGA') return readGga(fields);
  return type === 'RMC' ? readRmc(fields) : undefined;
}

function readGga(fields: readonly string[]): Partial<GnssFix> | undefined {
  const [, , , , , quality, satellites, dilution, altitude] = fields;
  if (quality === '0') return { dimensions: 0 };
  const place = readPlace(fields.slice(1, 5));
  const numbers = [satellites, dilution, altitude].map((field) => (field === '' ? Number.NaN : Number(field)));
  const [count = Number.NaN, hdopValue = Number.NaN, metres = Number.NaN] = numbers;
  if (place === undefined || numbers.some(Number.isNaN)) return undefined;
  return { ...place, dimensions: 3, satellites: count, altitude: metres, accuracy: hdopValue * METRES_A_DOP };
}

function readRmc(fields: readonly string[]): Partial<GnssFix> | undefined {
  const [time = '', status, , , , , knots = '', course = '', date = ''] = fields;
  if (status !== 'A') return { dimensions: 0 };
  const place = readPlace(fields.slice(2, 6));
  const [, hours, minutes, seconds] = /^(\d\d)(\d\d)(\d\d(?:\.\d+)?)$/.exec(time) ?? [];
  const [, day, month, year] = /^(\d\d)(\d\d)(\d\d)$/.exec(date) ?? [];
  const timeMs = Date.UTC(2_000 + Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes));
  const speed = Number(knots) / KNOTS;
  if (place === undefined || Number.isNaN(timeMs) || Number.isNaN(speed)) return undefined;
  return { ...place, timeMs: timeMs + Math.round(Number(seconds) * 1_000), speed, course: Number(course) || 0 };
}

/** What a dilution of precision of 1 stands for at this receiver: 2.5 m (SAM-M8Q data sheet, 1.2). */
const METRES_A_DOP = 2.5;

function readPlace(fields: readonly string[]): { latitude: number; longitude: number } | undefined {
  const [north = '', hemisphere, east = '', side] = fields;
  const latitudeDegrees = degreesOf(north, 2) * (hemisphere === 'S' ? -1 : 1);
  const longitudeDegrees = degreesOf(east, 3) * (side === 'W' ? -1 : 1);
  if (!(Math.abs(latitudeDegrees) <= 90 && Math.abs(longitudeDegrees) <= 180)) return undefined;
  return { latitude: latitudeDegrees, longitude: longitudeDegrees };
}

/** `ddmm.mmmmm` */
function degreesOf(field: string, digits: number): number {
  if (!/^\d{4,5}(?:\.\d+)?$/.test(field)) return Number.NaN;
  return Number(field.slice(0, digits)) + Number(field.slice(digits)) / 60;
}

function latitude(fix: GnssFix): readonly [string, string] {
  return [known(fix, angle(fix.latitude, 2)), known(fix, fix.latitude < 0 ? 'S' : 'N')];
}

function longitude(fix: GnssFix): readonly [string, string] {
  return [known(fix, angle(fix.longitude, 3)), known(fix, fix.longitude < 0 ? 'W' : 'E')];
}

/** Rounded before it is cut into degrees and minutes, so that no minute is ever 60. */
function angle(degrees: number, digits: number): string {
  const fractions = Math.round(Math.abs(degrees) * 60 * 100_000);
  const whole = Math.floor(fractions / 6_000_000);
  const minutes = ((fractions % 6_000_000) / 100_000).toFixed(5).padStart(8, '0');
  return `${String(whole).padStart(digits, '0')}${minutes}`;
}

function utcTime({ timeMs }: GnssFix): string {
  return `${new Date(timeMs).toISOString().slice(11, 19).replaceAll(':', '')}.${two(Math.floor((timeMs % 1_000) / 10))}`;
}

function utcDate({ timeMs }: GnssFix): string {
  const [year = '', month, day] = new Date(timeMs).toISOString().slice(0, 10).split('-');
  return `${day}${month}${year.slice(2)}`;
}

function mode({ dimensions }: GnssFix): string {
  return dimensions === 0 ? 'N' : 'A';
}

function hdop(fix: GnssFix): string {
  return fix.dimensions === 0 ? '99.99' : (fix.accuracy / METRES_A_DOP).toFixed(2);
}

function known(fix: GnssFix, field: string): string {
  return fix.dimensions === 0 ? '' : field;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
