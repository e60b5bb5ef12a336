import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Reading } from '../preprocessing/reading.ts';
import type { Readings } from './sampler.ts';
import type { Sensor } from './sensors.ts';

/** Readings that go out together, in one event `/devices/{device}/events/{subfolder}`. */
export interface TelemetryGroup {
  readonly subfolder: string;
  readonly readings: Readings;
}

/** What one round of readings is sent as: an event for each subfolder that its sensors name. */
export function telemetryGroups(sensors: readonly Sensor[], readings: Readings): readonly TelemetryGroup[] {
  const subfolders = new Map(sensors.map(({ name, subfolder }) => [name, subfolder ?? 'sensors']));
  const groups = Map.groupBy(Object.entries(readings), ([name]) => subfolders.get(name) ?? 'sensors');
  return [...groups].map(([subfolder, entries]) => ({ subfolder, readings: Object.fromEntries(entries) }));
}

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
