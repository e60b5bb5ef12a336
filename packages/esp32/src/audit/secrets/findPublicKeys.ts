import { base64Decode } from '@mkiot/core/bytes/base64';
import { equalBytes } from '@mkiot/core/bytes/bytes';
import { toBigEndian } from '../../keys/bigIntegers.ts';
import { CURVES } from '../../keys/curves.ts';
import type { EcPublicKey } from '../../keys/keys.ts';
import { bytesOf } from './keysInHex.ts';
import { textRuns } from './textRuns.ts';

/** Certificates in PEM, public keys in base64 and in hexadecimal. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{32,}(?:\s*[A-Za-z0-9+/_-]+)*/g;
const ONLY_HEX = /^[0-9a-fA-F\s]*$/;
const HEX_RUN = /[0-9a-fA-F:\s]{48,}/g;

/**
 * Where in `bytes` public keys occur: as a point, in a certificate, in DER, PEM, base64 or hexadecimal. They are known by their
 * first coordinate, which no other bytes have by chance.
 *
 * @returns offsets of those that were found
 */
export function findPublicKeys(bytes: Uint8Array, keys: readonly EcPublicKey[]): ReadonlyMap<EcPublicKey, number> {
  const found = new Map<EcPublicKey, number>();
  if (keys.length === 0) return found;
  const needles = new Needles(keys);
  needles.findIn(bytes, found, (at) => at);
  for (const { offset, text } of textRuns(bytes)) {
    for (const { index, 0: run } of text.matchAll(HEX_RUN)) {
      needles.findIn(bytesOf(run), found, () => offset + index);
    }
    for (const { index, 0: run } of text.matchAll(BASE64_RUN)) {
      if (ONLY_HEX.test(run)) continue;
      const digits = run.replaceAll(/\s/g, '');
      // A word before it may run into it, which shifts where its groups of four digits begin.
      for (let shift = 0; shift < 4; shift++) {
        const rest = digits.slice(shift);
        const decoded = base64Decode(rest) ?? base64Decode(rest.slice(0, rest.length & ~3));
        if (decoded !== undefined) needles.findIn(decoded, found, () => offset + index);
      }
    }
  }
  return found;
}

/** Many byte strings, looked for in one pass. */
class Needles {
  readonly #byStart = new Map<number, { readonly key: EcPublicKey; readonly x: Uint8Array }[]>();
  /** Whether one begins with two bytes. */
  readonly #isStart = new Uint8Array(0x10000);

  constructor(keys: readonly EcPublicKey[]) {
    for (const key of keys) {
      const x = toBigEndian(key.x, CURVES[key.curve].bytes);
      const start = ((x[0] as number) << 8) | (x[1] as number);
      this.#isStart[start] = 1;
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), { key, x }]);
    }
  }

  /** @param placeOf what to note for an offset of `bytes` */
  findIn(bytes: Uint8Array, found: Map<EcPublicKey, number>, placeOf: (at: number) => number): void {
    for (let at = 0, last = bytes.length - 1; at < last; at++) {
      const start = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      if (this.#isStart[start] === 0) continue;
      for (const { key, x } of this.#byStart.get(start) ?? []) {
        const isFirst = !found.has(key) && equalBytes(bytes.subarray(at, at + x.length), x);
        if (isFirst) found.set(key, placeOf(at));
      }
    }
  }
}
