import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { boardError } from '../boardErrors.ts';

/** What a number in a document may be. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

/**
 * One object of a JSON document, read member by member with a schema in code. Every member that is read is checked, and
 * `end` refuses the ones that nobody read, so that a misspelt setting is an answer instead of a silence. Errors name the
 * path of the member and never repeat a text, which could be a secret.
 */
export class JsonFields {
  readonly path: string;
  readonly #members: ReadonlyMap<string, unknown>;
  readonly #known = new Set<string>();

  /** @param path what to call this object in errors: `config.sensors.temperature` */
  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw boardError('MEMBER_INVALID', { path, expected: 'an object', found: describe(value) });
    }
    this.path = path;
    this.#members = new Map(Object.entries(value));
  }

  /** The object that a whole document holds. Throws `DOCUMENT_TOO_LARGE`, `DOCUMENT_NOT_JSON`, `MEMBER_INVALID`. */
  static parse(bytes: Uint8Array, document: string, maxBytes: number): JsonFields {
    if (bytes.length > maxBytes) {
      throw boardError('DOCUMENT_TOO_LARGE', { document, bytes: bytes.length, maxBytes });
    }
    let value: unknown;
    try {
      value = JSON.parse(utf8Decode(bytes));
    } catch {
      // The parser's own words quote the document.
      throw boardError('DOCUMENT_NOT_JSON', { document });
    }
    return new JsonFields(value, document);
  }

  number(name: string, range: NumberRange, fallback?: number): number {
    const value = this.optionalNumber(name, range) ?? fallback;
    if (value === undefined) throw this.#missing(name, describeRange(range));
    return value;
  }

  optionalNumber(name: string, range: NumberRange): number | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const fits = typeof value === 'number' && value >= range.min && value <= range.max;
    if (!fits || (range.integer === true && !Number.isInteger(value))) {
      throw this.#invalid(name, describeRange(range), value);
    }
    return value;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.#take(name) ?? fallback;
    if (typeof value !== 'boolean') throw this.#invalid(name, 'true or false', value);
    return value;
  }

  text(name: string, maxLength: number): string {
    const value = this.optionalText(name, maxLength);
    if (value === undefined) throw this.#missing(name, describeText(maxLength));
    return value;
  }

  optionalText(name: string, maxLength: number): string | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || value.length > maxLength) {
      throw this.#invalid(name, describeText(maxLength), value);
    }
    return value;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.#take(name);
    const expected = `one of ${choices.join(', ')}`;
    if (value === undefined) throw this.#missing(name, expected);
    const choice = choices.find((choice) => choice === value);
    if (choice === undefined) throw this.#invalid(name, expected, value);
    return choice;
  }

  optionalObject(name: string): JsonFields | undefined {
    const value = this.#take(name);
    return value === undefined ? undefined : new JsonFields(value, this.#pathOf(name));
  }

  /** A list of objects; an absent one is empty. */
  objects(name: string, maxLength: number): readonly JsonFields[] {
    const value = this.#take(name) ?? [];
    const expected = `a list of at most ${maxLength} objects`;
    if (!Array.isArray(value) || value.length > maxLength) throw this.#invalid(name, expected, value);
    return value.map((item, index) => new JsonFields(item, `${this.#pathOf(name)}[${index}]`));
  }

  /** Throws `MEMBER_UNKNOWN` if the object has a member that was not asked for. */
  end(): void {
    for (const name of this.#members.keys()) {
      if (this.#known.has(name)) continue;
      throw boardError('MEMBER_UNKNOWN', { path: this.#pathOf(name), known: [...this.#known].join(', ') });
    }
  }

  #take(name: string): unknown {
    this.#known.add(name);
    return this.#members.get(name);
  }

  #pathOf(name: string): string {
    return `${this.path}.${name.slice(0, 64)}`;
  }

  #invalid(name: string, expected: string, value: unknown): Error {
    return boardError('MEMBER_INVALID', { path: this.#pathOf(name), expected, found: describe(value) });
  }

  #missing(name: string, expected: string): Error {
    return boardError('MEMBER_MISSING', { path: this.#pathOf(name), expected });
  }
}

function describeRange(range: NumberRange): string {
  return `${range.integer === true ? 'a whole number' : 'a number'} from ${range.min} to ${range.max}`;
}

function describeText(maxLength: number): string {
  return `a text of at most ${maxLength} characters`;
}

function describe(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'string' ? `a text of ${value.length} characters` : 'an object';
}
