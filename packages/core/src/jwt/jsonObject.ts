import { utf8Decode } from '../bytes/bytes.ts';

/** A JSON object as it came: nothing about its members is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads one JSON object of UTF-8 `bytes`: `undefined` if it is none, `'duplicate'` if it names a member twice. */
export function parseJsonObject(bytes: Uint8Array): JsonObject | 'duplicate' | undefined {
  try {
    const text = utf8Decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return hasDuplicateMember(text) ? 'duplicate' : (value as JsonObject);
  } catch {
    return undefined;
  }
}

/**
 * Of two members with one name JSON.parse takes the last and others take the first, so what we check need not be what
 * another checked (RFC 8259, 4). `text` is known to be a well-formed object; only its own members matter.
 */
function hasDuplicateMember(text: string): boolean {
  const seen = new Set<string>();
  let depth = 0;
  let lastString = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      lastString = text.slice(at, end);
      at = end - 1;
    } else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === ':' && depth === 1) {
      const name = lastString.includes('\\') ? (JSON.parse(lastString) as string) : lastString.slice(1, -1);
      if (seen.has(name)) return true;
      seen.add(name);
    }
  }
  return false;
}

/** Where the string that begins at `start` has ended, its quotes and all. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '"' || character === undefined) return at + 1;
  }
}
