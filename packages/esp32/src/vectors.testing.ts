import { toHex } from '@mkiot/core/bytes/bytes';

/** Reads a file that lies beside the module: from the disk in Node, by HTTP in a page. */
export type ReadVector = (file: URL) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * A comparison with what somebody else's implementation has made. Each file `x.vectors.ts` exports `checks`; Node and a real
 * browser page run all of them, so they use neither Node nor a page.
 */
export interface VectorCheck {
  /** A sentence. */
  readonly name: string;
  /** Throws when something is not as the vectors say. */
  run(read: ReadVector): Promise<void>;
}

/** @throws when the two differ; shows where */
export function expectBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  const at = expected.findIndex((byte, index) => byte !== actual[index]);
  if (at < 0 && actual.length === expected.length) return;
  const offset = at < 0 ? expected.length : at;
  const around = (bytes: Uint8Array): string => toHex(bytes.subarray(offset, offset + 16));
  throw new Error(
    `${what} differs at offset ${offset}: ${around(actual)} instead of ${around(expected)} ` +
      `(${actual.length} and ${expected.length} bytes)`,
  );
}

/** The bytes of hexadecimal digits in a vector. */
export function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** @throws when `actual` is not `expected` */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (!Object.is(actual, expected)) throw new Error(`${what} is ${String(actual)} instead of ${String(expected)}`);
}
