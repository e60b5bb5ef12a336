// GPX 1.1 (Topografix): the track points of a file, in their order.
import { peripheralError } from '../peripheralErrors.ts';
import type { Place } from './gnssFix.ts';
import { type TrackPoint, wayBetween } from './track.ts';

/** Between points without a time a walker's pace is taken: metres a second. */
const WALKING = 1.4;
const MOST_POINTS = 100_000;

const POINT = /<(?:trkpt|rtept)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:trkpt|rtept)>)/g;

/**
 * The points of all tracks and routes as one way. Where every point has a time that does not go back, the times hold.
 *
 * @throws `GPX_NO_POINTS`, `GPX_POINT_WRONG`, `GPX_TOO_LONG`
 */
export function parseGpx(text: string): readonly TrackPoint[] {
  const points = [...text.matchAll(POINT)].map(([, attributes = '', content = ''], index) => ({
    latitude: coordinate(attributes, 'lat', 90, index),
    longitude: coordinate(attributes, 'lon', 180, index),
    altitude: Number(element(content, 'ele') ?? 0) || 0,
    timeMs: Date.parse(element(content, 'time') ?? ''),
  }));
  if (points.length === 0) throw peripheralError('GPX_NO_POINTS');
  if (points.length > MOST_POINTS) throw peripheralError('GPX_TOO_LONG', { points: points.length, most: MOST_POINTS });
  const startMs = points[0]?.timeMs ?? Number.NaN;
  const areTimed = points.every(({ timeMs }, index) => timeMs >= (points[index - 1]?.timeMs ?? startMs));
  let walkedMs = 0;
  return points.map(({ timeMs, ...place }, index) => {
    const before: Place = points[index - 1] ?? place;
    walkedMs += (wayBetween(before, place).metres / WALKING) * 1_000;
    return { ...place, atMs: areTimed ? timeMs - startMs : walkedMs };
  });
}

function coordinate(attributes: string, name: string, most: number, index: number): number {
  const value = new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`).exec(attributes)?.[1];
  const degrees = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
  if (Math.abs(degrees) <= most) return degrees;
  throw peripheralError('GPX_POINT_WRONG', { point: index + 1, name, value: value?.slice(0, 32) ?? 'missing', most });
}

function element(content: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(content)?.[1];
}
