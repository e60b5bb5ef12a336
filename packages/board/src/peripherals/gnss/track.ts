import { randomFraction } from '../../device/randomFraction.ts';
import { seededRandom } from '../../faults/seededRandom.ts';
import type { Place } from './gnssFix.ts';

/** Where a board is, so many milliseconds after it began to move. */
export type Track = (elapsedMs: number) => Place;

/** A place that is passed at a moment. */
export interface TrackPoint extends Place {
  readonly atMs: number;
}

const EARTH_RADIUS_M = 6_371_008.8;
const ROUND_MS = 1_800_000;

/** Straight from one point to the next, to the last one and all the way back, again and again. `points`: at least one, by time. */
export function trackOf(points: readonly TrackPoint[]): Track {
  const lastMs = points.at(-1)?.atMs ?? 0;
  return (elapsedMs) => {
    const phaseMs = lastMs === 0 ? 0 : elapsedMs % (2 * lastMs);
    const atMs = phaseMs <= lastMs ? phaseMs : 2 * lastMs - phaseMs;
    const next = points.findIndex((point) => point.atMs >= atMs);
    const [from, to] = [points[Math.max(0, next - 1)], points[next]];
    if (from === undefined || to === undefined) throw new RangeError('a track has at least one point');
    const share = to.atMs === from.atMs ? 0 : (atMs - from.atMs) / (to.atMs - from.atMs);
    const between = (a: number, b: number): number => a + (b - a) * share;
    return {
      latitude: between(from.latitude, to.latitude),
      longitude: between(from.longitude, to.longitude),
      altitude: between(from.altitude, to.altitude),
    };
  };
}

/** A round of some hundred metres in half an hour, somewhere in the hills between Nomi and Kanazawa; where depends on `seed`. */
export function roundTrip(seed: number): Track {
  const random = seededRandom(seed + 1);
  const [north = 0, east = 0, size = 0] = Array.from({ length: 3 }, () => randomFraction(random));
  const middle: Place = { latitude: 36.42 + 0.1 * north, longitude: 136.56 + 0.1 * east, altitude: 60 };
  const radiusM = 100 + 300 * size;
  return (elapsedMs) => {
    const angle = (2 * Math.PI * (elapsedMs % ROUND_MS)) / ROUND_MS;
    return offset(middle, radiusM * Math.cos(angle), radiusM * Math.sin(angle), 10 * Math.sin(2 * angle));
  };
}

/** How far and which way it is from one place to one near it: metres, and degrees from north over east. */
export function wayBetween(from: Place, to: Place): { readonly metres: number; readonly course: number } {
  const northM = radians(to.latitude - from.latitude) * EARTH_RADIUS_M;
  const eastM = radians(to.longitude - from.longitude) * EARTH_RADIUS_M * Math.cos(radians(from.latitude));
  return { metres: Math.hypot(northM, eastM), course: ((Math.atan2(eastM, northM) * 180) / Math.PI + 360) % 360 };
}

/** A place so many metres to the north, to the east and up. */
export function offset(place: Place, northM: number, eastM: number, upM: number): Place {
  const degrees = 180 / Math.PI / EARTH_RADIUS_M;
  return {
    latitude: place.latitude + northM * degrees,
    longitude: place.longitude + (eastM * degrees) / Math.cos(radians(place.latitude)),
    altitude: place.altitude + upM,
  };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
