import { printable } from './printable.ts';

/** Lines of `Name   value`, aligned; what is undefined is left out. */
export function fieldLines(fields: Readonly<Record<string, string | undefined>>): string[] {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`.trimEnd());
}
