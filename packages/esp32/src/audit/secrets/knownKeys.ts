import { SECTOR_BYTES } from '../flash/sectorTexture.ts';
import { CURVES } from '../../keys/curves.ts';
import type { EcPublicKey, PublicKey } from '../../keys/keys.ts';
import { PARTITION_TYPES } from '../../partitionTable/partition.ts';
import type { FlashDump, FlashRegion } from '../flash/flashDump.ts';
import type { FromInput } from '../subject.ts';
import { findScalar } from './findScalar.ts';
import { withProof } from './findSecrets.ts';
import { privateKeyText } from './keyFingerprint.ts';
import type { Secret } from './secret.ts';

/** A number between 0 and 2^256 has no more bytes 0xff in a row than this. */
const LONGEST_ERASED = 16;
/** So many bytes of data are tried for a bare number; with two seconds for each key that is what an audit has time for. */
const MOST_TRIED = 0x10000;

/** The secrets of a dump, with what is proven by public keys that the device is known to have. */
export function secretsByKnownKeys(dump: FlashDump, known: readonly FromInput<PublicKey>[]): readonly Secret[] {
  return dump.secrets.map((secret) => {
    const given = known.find(({ value }) => secret.publicKey !== undefined && isSameKey(secret.publicKey, value));
    return given === undefined ? secret : withProof(secret, givenBy(given.source));
  });
}

/**
 * Private keys of known public ones that lie in the data of a dump without any form, where no other secret is that key. It takes
 * up to two seconds for each.
 */
export function bareNumbers(dump: FlashDump, known: readonly FromInput<PublicKey>[]): readonly Secret[] {
  return known
    .filter(({ value }) => !dump.secrets.some(({ publicKey }) => publicKey && isSameKey(publicKey, value)))
    .flatMap((key) => bareNumber(dump, key) ?? []);
}

function bareNumber(dump: FlashDump, { source, value }: FromInput<PublicKey>): Secret | undefined {
  if (value.kind !== 'EC') return undefined;
  let left = MOST_TRIED;
  for (const region of dump.regions.filter(isData)) {
    for (const [offset, end] of writtenParts(dump, region)) {
      const part = dump.bytes.subarray(offset, Math.min(end, offset + left));
      left -= part.length;
      const at = findScalar(part, value);
      if (at !== undefined) return secretAt(offset + at, region, value, source);
    }
  }
  return undefined;
}

function secretAt(offset: number, region: FlashRegion, publicKey: EcPublicKey, source: string): Secret {
  const form = 'as a bare number';
  return {
    kind: 'private-key',
    what: privateKeyText(publicKey, form),
    offset,
    length: CURVES[publicKey.curve].bytes,
    confidence: 'proven',
    proof: givenBy(source),
    form,
    publicKey,
    region: region.name,
    isLeftover: false,
    isSecureCert: false,
    isBehindKey: false,
  };
}

function givenBy(source: string): string {
  return `it belongs to the public key in ${source}`;
}

/** Programs hold no numbers without a form, but many bytes. */
function isData({ name, partition, content }: FlashRegion): boolean {
  const isProgram = partition?.type === PARTITION_TYPES.app || name === 'bootloader' || name === 'partition table';
  return !isProgram && (content === 'plain' || content === 'mixed');
}

/** From where to where something is written in sectors in clear, with no more than a few erased bytes in it. */
function* writtenParts({ bytes, sectors }: FlashDump, { offset, size }: FlashRegion): Generator<[number, number]> {
  let start = offset;
  let erased = 0;
  for (let at = offset; at < offset + size; at++) {
    const isPlain = sectors[Math.floor(at / SECTOR_BYTES)] === 'plain';
    erased = isPlain && bytes[at] !== 0xff ? 0 : erased + 1;
    if (erased < LONGEST_ERASED) continue;
    if (at - start > LONGEST_ERASED) yield [start, at + 1];
    start = at + 1;
  }
  if (offset + size - start > LONGEST_ERASED) yield [start, offset + size];
}

function isSameKey(one: PublicKey, other: PublicKey): boolean {
  if (one.kind === 'RSA') return other.kind === 'RSA' && one.n === other.n && one.e === other.e;
  return other.kind === 'EC' && one.curve === other.curve && one.x === other.x && one.y === other.y;
}
