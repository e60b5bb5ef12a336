import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Reading } from '../preprocessing/reading.ts';
import type { Readings } from './sampler.ts';

/** Subfolder of telemetry: `/devices/{device}/events/sensors`. */
export const TELEMETRY_SUBFOLDER = 'sensors';

/**
 * The payload of one telemetry event.
 *
 * @param timeMs wall-clock time by the device's own clock, milliseconds since 1970
 * @param sequence counts up by one for the life of the device's outbox, so that a receiver sees what it missed
 */
export function telemetryPayload(timeMs: number, sequence: number, readings: Readings): Uint8Array {
  const time = new Date(timeMs).toISOString();
  const entries = Object.entries(readings).map(([sensor, reading]) => [sensor, readingMember(reading)]);
  return utf8Encode(JSON.stringify({ time, sequence, readings: Object.fromEntries(entries) }));
}

function readingMember({ value, window, threshold }: Reading): object {
  // JSON leaves out what is undefined.
  return { value: tidy(value), ...window, threshold };
}

/** A mean has more digits than any sensor; nine of them are enough. */
function tidy(value: number): number {
  return Number(value.toPrecision(9));
}
