import type { SegmentHeader } from './segmentHeader.ts';

// A segment is `2026-11-22/0000000000000001-9f3a12bc.events`: UTC day of receipt, first sequence, salt.

const DAY = /^\d{4}-\d\d-\d\d$/;
const FILE = /^(\d{16})-([0-9a-f]{8})\.events$/;
const DAY_MS = 86_400_000;

/** UTC day of a wall clock time, `2026-11-22`. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** Wall clock at the end of a UTC day, milliseconds since 1970. */
export function endOfDayMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}

export function isDay(name: string): boolean {
  return DAY.test(name) && Number.isFinite(endOfDayMs(name));
}

export function formatSegmentName(header: SegmentHeader): string {
  return `${String(header.firstSequence).padStart(16, '0')}-${header.salt.toString(16).padStart(8, '0')}.events`;
}

/** What a segment's file name says, or `undefined` if it is none. */
export function parseSegmentName(name: string): SegmentHeader | undefined {
  const match = FILE.exec(name);
  if (match === null) return undefined;
  const [, sequence, salt] = match as unknown as [string, string, string];
  const firstSequence = Number(sequence);
  return firstSequence > 0 && Number.isSafeInteger(firstSequence)
    ? { firstSequence, salt: Number.parseInt(salt, 16) }
    : undefined;
}
