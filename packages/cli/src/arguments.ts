import { usageError } from './usageErrors.ts';

// Readers of what is typed, as commander's `argParser` takes them.

/** A whole number between `min` and `max`. */
export function wholeNumber(argument: string, min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw usageError('ARGUMENT_WRONG', { argument, value, allowed: `a whole number from ${min} to ${max}` });
  };
}

/** A whole number between `min` and `max`, also in hexadecimal: `0x10000`. */
export function wholeNumberOrHex(argument: string, min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^(?:\d+|0x[\da-f]+)$/i.test(value) && number >= min && number <= max) return number;
    const allowed = `a whole number from ${min} to ${max}, decimal or as 0x${max.toString(16)}`;
    throw usageError('ARGUMENT_WRONG', { argument, value, allowed });
  };
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** A duration such as `90s`, `15m`, `12h` or `30d`; in seconds. */
export function durationSeconds(argument: string): (value: string) => number {
  return (value) => {
    const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
    if (count !== undefined && unit !== undefined) return Number(count) * SECONDS[unit as keyof typeof SECONDS];
    throw usageError('ARGUMENT_WRONG', { argument, value, allowed: 'a duration such as 90s, 15m, 12h or 30d' });
  };
}

/** A moment such as `2026-12-31` or `2026-12-31T18:00:00Z`, written as the API takes it; a day alone means its end. */
export function pointInTime(argument: string): (value: string) => string {
  return (value) => {
    const [, day, time = 'T23:59:59Z'] =
      /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(value) ?? [];
    const timeMs = Date.parse(`${day}${time}`);
    // `Date` takes the 31st of February for the 3rd of March.
    const isDay = day !== undefined && !Number.isNaN(timeMs) && new Date(day).toISOString().startsWith(day);
    if (isDay) return new Date(timeMs).toISOString();
    const allowed = 'a day such as 2026-12-31 or a time such as 2026-12-31T18:00:00Z';
    throw usageError('ARGUMENT_WRONG', { argument, value, allowed });
  };
}

/** Collects the pairs of an option that may be given many times: `--metadata room=cellar`. */
export function keyValue(
  argument: string,
): (value: string, previous?: Readonly<Record<string, string>>) => Readonly<Record<string, string>> {
  return (value, previous = {}) => {
    const equals = value.indexOf('=');
    if (equals > 0) return { ...previous, [value.slice(0, equals)]: value.slice(equals + 1) };
    throw usageError('ARGUMENT_WRONG', { argument, value, allowed: 'key=value' });
  };
}

/** Collects the values of an option that may be given many times. */
export function many(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
