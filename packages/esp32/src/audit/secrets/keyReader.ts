import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { fromBigEndian } from '../../keys/bigIntegers.ts';
import { type CurveName, CURVES, multiplyPoint } from '../../keys/curves.ts';
import type { PrivateKey, PublicKey } from '../../keys/keys.ts';
import { parseDerPrivateKey } from '../../keys/pemKeys.ts';
import { privateKeyText } from './keyFingerprint.ts';
import type { Sighting } from './secret.ts';

/** A point of a curve takes a millisecond: bytes made to look like keys must not hold an audit up for minutes. */
const MOST_DERIVED = 200;

type Place = Pick<Sighting, 'offset' | 'length'>;

const CURVE_OF_LENGTH: ReadonlyMap<number, CurveName> = new Map(
  Object.entries(CURVES).map(([name, { bytes }]) => [bytes, name as CurveName]),
);

/** Makes sightings of the keys of one dump, each derived once however often it is there. */
export class KeyReader {
  readonly #derived = new Map<bigint, PublicKey | undefined>();
  #count = 0;

  /**
   * A key in DER that is whole: with its public half in it, or two primes that make its modulus, it is proven.
   *
   * @param form how it is written: "in DER"
   * @returns undefined where the bytes only begin like a key
   */
  fromDer(der: Uint8Array, form: string, place: Place): Sighting | undefined {
    if (this.#count >= MOST_DERIVED) return unread(form, place);
    this.#count++;
    try {
      const key = parseDerPrivateKey(der);
      const confidence = provesItself(key, der) ? 'proven' : 'structured';
      const publicKey = publicHalf(key);
      return { kind: 'private-key', what: privateKeyText(key, form), ...place, confidence, form, publicKey };
    } catch (error) {
      const isOtherCurve = error instanceof MkiotError && OTHER_KEYS.has(error.code);
      return isOtherCurve ? unread(form, place) : undefined;
    }
  }

  /**
   * A number that is as long as a private key of a curve, and nothing else to know it by.
   *
   * @param confidence how sure its form alone makes it
   */
  fromScalar(scalar: Uint8Array, form: string, place: Place, confidence: Sighting['confidence']): Sighting | undefined {
    const curve = CURVE_OF_LENGTH.get(scalar.length);
    if (curve === undefined || this.#count >= MOST_DERIVED || new Set(scalar).size < scalar.length / 2)
      return undefined;
    const publicKey = this.#publicKey(curve, fromBigEndian(scalar));
    if (publicKey === undefined) return undefined;
    const looks = `${scalar.length} bytes ${form}, as long as a private key on ${curve}`;
    const what = confidence === 'suspected' ? looks : privateKeyText(publicKey, form);
    return { kind: 'private-key', what, ...place, confidence, form, publicKey };
  }

  #publicKey(curve: CurveName, d: bigint): PublicKey | undefined {
    if (!this.#derived.has(d)) {
      this.#count++;
      const { n, g } = CURVES[curve];
      const point = d < n ? multiplyPoint(CURVES[curve], d, g) : undefined;
      this.#derived.set(d, point && { kind: 'EC', curve, ...point });
    }
    return this.#derived.get(d);
  }
}

const OTHER_KEYS: ReadonlySet<string> = new Set(['KEY_ALGORITHM_UNKNOWN', 'KEY_CURVE_UNKNOWN']);

/** A key on a curve that nothing here computes on, or one too many. */
export function unread(form: string, place: Place): Sighting {
  return { kind: 'private-key', what: `private key ${form}`, ...place, confidence: 'structured', form };
}

/** What was parsed was checked: a public point in it is that of the private number. */
function provesItself(key: PrivateKey, der: Uint8Array): boolean {
  if (key.kind === 'RSA') return key.n === key.p * key.q && (key.e * key.d - 1n) % (key.p - 1n) === 0n;
  return der.length > 3 * CURVES[key.curve].bytes;
}

function publicHalf(key: PrivateKey): PublicKey {
  if (key.kind === 'RSA') return { kind: 'RSA', n: key.n, e: key.e };
  return { kind: 'EC', curve: key.curve, x: key.x, y: key.y };
}
