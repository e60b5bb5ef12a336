import type { KeyReader } from './keyReader.ts';
import { keysInBase64 } from './keysInBase64.ts';
import { keysInDer } from './keysInDer.ts';
import { keysInColonHex, keysInHex } from './keysInHex.ts';
import { keysInPem } from './keysInPem.ts';
import type { Sighting } from './secret.ts';
import { textRuns } from './textRuns.ts';
import { tokensIn } from './tokens.ts';
import { urlCredentialsIn } from './urlCredentials.ts';

/** Forms of secrets in text; where two see the same, what the first says counts. */
const TEXT_FORMS: readonly ((text: string, reader: KeyReader) => Iterable<Sighting>)[] = [
  keysInPem,
  keysInColonHex,
  keysInHex,
  keysInBase64,
  tokensIn,
  urlCredentialsIn,
];

/** Every secret that has a form of its own, at whatever offset of `bytes` it begins; in the order of the bytes. */
export function findSightings(bytes: Uint8Array, reader: KeyReader): readonly Sighting[] {
  const sightings = [...keysInDer(bytes, reader)];
  for (const { offset, text } of textRuns(bytes)) {
    for (const sightingsIn of TEXT_FORMS) {
      for (const sighting of sightingsIn(text, reader))
        sightings.push({ ...sighting, offset: offset + sighting.offset });
    }
  }
  return withoutOverlaps(sightings);
}

/** Base64 within PEM is a second view of one key; of two views from one place on, the longer one has more of it. */
function withoutOverlaps(sightings: readonly Sighting[]): readonly Sighting[] {
  const ends = new Map<Sighting['kind'], number>();
  return sightings
    .toSorted((one, other) => one.offset - other.offset || other.length - one.length)
    .filter(({ kind, offset, length }) => {
      const end = ends.get(kind) ?? 0;
      if (offset < end) return false;
      ends.set(kind, offset + length);
      return true;
    });
}
