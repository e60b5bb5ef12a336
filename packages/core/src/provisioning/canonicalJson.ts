// RFC 8785, for the values that we sign: no fractions, so that no two languages can write a number differently.

/** A JSON value without fractions, `null` and `undefined`. */
export type CanonicalValue =
  | string
  | number
  | boolean
  | readonly CanonicalValue[]
  | { readonly [name: string]: CanonicalValue };

/**
 * The one JSON text of `value`: members in the order of their names, no blanks. Throws a `TypeError` for a number that is no
 * safe integer.
 */
export function canonicalJson(value: CanonicalValue): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new TypeError('no safe integer');
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // By UTF-16 code units (3.2.3), which is how JavaScript compares.
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** `Array.isArray` does not narrow a read-only array away. */
function isArray(value: object): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}
