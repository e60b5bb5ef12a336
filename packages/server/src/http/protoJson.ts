// The JSON form of protobuf messages (protobuf.dev, "ProtoJSON Format"), as lenient as it says parsers are.

import { z } from '@hono/zod-openapi';
import { base64Decode } from '@mkiot/core/bytes/base64';

/** What a GET or DELETE route has for its body. */
export const noBody = z.undefined();

/** `mqtt_config` → `mqttConfig`; each step of a dotted path by itself. */
function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * A message: an object whose members come in snake_case or camelCase, whose null members count as absent, and that has
 * no others. For queries too.
 */
export function message<const Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value, context) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const members = Object.entries(value).filter(([, member]) => member !== null);
    const named = members.map(([name, member]) => [toCamelCase(name), member] as const);
    // In one pass: a body may have very many members.
    const seen = new Set<string>();
    const twice = named.find(([name]) => seen.size === seen.add(name).size);
    if (twice !== undefined) {
      context.addIssue({ code: 'custom', message: `"${twice[0]}" is there twice, in two spellings` });
    }
    return Object.fromEntries(named);
  }, z.strictObject(shape));
}

/** A member that the server alone sets: clients send it back with what they read, and it is ignored. */
export function outputOnly(schema: Readonly<Record<string, unknown>>) {
  return z
    .unknown()
    .optional()
    .openapi({ ...schema, readOnly: true });
}

/** An enum value by name or number, to its name. `table` has the numbers by name. */
export function enumOf<const Name extends string>(table: Readonly<Record<Name, number>>) {
  const names = Object.keys(table) as Name[];
  return scalar(
    (value) => names.find((name) => name === value) ?? names.find((name) => table[name] === wholeNumber(value)),
    `must be one of ${names.join(', ')}`,
    { type: 'string', enum: names },
  );
}

/** A whole number of at most 32 bit within `min` and `max`, from a JSON number or a decimal text. */
export function int32({ min = -(2 ** 31), max = 2 ** 31 - 1 }: { min?: number; max?: number } = {}) {
  return scalar((value) => wholeNumber(value, min, max), `must be a whole number from ${min} to ${max}`, {
    type: 'integer',
    format: 'int32',
    minimum: min,
    maximum: max,
  });
}

/** A whole number from 0 on, from a decimal text or a JSON number. MkIoT's own stay below 2^53. */
export function uint64() {
  return scalar(
    (value) => wholeNumber(value, 0, Number.MAX_SAFE_INTEGER),
    'must be a whole number from 0 to 9007199254740991',
    { type: 'string', format: 'uint64' },
  );
}

/** `true` or `false`, in a query as text. */
export function bool() {
  const texts = new Map<unknown, boolean>([
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
  ]);
  return scalar((value) => texts.get(value), 'must be true or false', { type: 'boolean' });
}

/** Base64, standard or URL-safe, padded or not, to bytes. */
export function bytes() {
  return scalar((value) => (typeof value === 'string' ? base64Decode(value) : undefined), 'must be base64', {
    type: 'string',
    format: 'byte',
  });
}

/** RFC 3339 to milliseconds since 1970; what is finer is cut off. */
export function timestamp() {
  return scalar(
    (value) => (typeof value === 'string' ? parseTimestamp(value) : undefined),
    'must be a time like 2026-11-22T18:05:00Z (RFC 3339)',
    { type: 'string', format: 'date-time' },
  );
}

/** `3.5s` to milliseconds; what is finer is cut off. */
export function duration() {
  return scalar(
    (value) => (typeof value === 'string' ? parseDuration(value) : undefined),
    'must be a duration in seconds like "3600s"',
    { type: 'string', pattern: '^[0-9]+(\\.[0-9]{1,9})?s$' },
  );
}

/** Comma-joined field paths, in snake_case or camelCase, to camelCase paths. */
export function fieldMask() {
  return scalar(
    (value) => (typeof value === 'string' ? parseFieldMask(value) : undefined),
    'must be field names with commas between',
    { type: 'string', format: 'field-mask' },
  );
}

/** A query parameter that may be there several times. */
export function repeated<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item));
}

/** RFC 3339 with milliseconds. */
export function formatTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** `86400s`, `0.5s` */
export function formatDuration(durationMs: number): string {
  return `${durationMs / 1_000}s`;
}

function scalar<Value>(parse: (value: unknown) => Value | undefined, problem: string, openapi: object) {
  return z
    .unknown()
    .transform((value, context): Value => {
      const parsed = parse(value);
      if (parsed !== undefined) return parsed;
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    })
    .openapi(openapi);
}

function wholeNumber(value: unknown, min = 0, max = Number.MAX_SAFE_INTEGER): number | undefined {
  const number = typeof value === 'string' && /^-?[0-9]{1,20}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}

function parseTimestamp(text: string): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i.exec(text);
  if (parts === null) return undefined;
  const [, date, time, fraction = '', zone] = parts;
  const local = Date.parse(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  // Date.parse lets the 31st of February through as the 3rd of March.
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(`${date}T${time}`)) return undefined;
  const timeMs = Date.parse(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${zone?.toUpperCase()}`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function parseDuration(text: string): number | undefined {
  const parts = /^(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text);
  if (parts === null) return undefined;
  return Number(parts[1]) * 1_000 + Number((parts[2] ?? '').padEnd(3, '0').slice(0, 3));
}

function parseFieldMask(text: string): readonly string[] | undefined {
  const paths = text === '' ? [] : text.split(',').map((path) => toCamelCase(path.trim()));
  return paths.every((path) => /^[a-zA-Z][a-zA-Z0-9]*(\.[a-zA-Z][a-zA-Z0-9]*)*$/.test(path)) ? paths : undefined;
}
