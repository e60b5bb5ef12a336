import { equalBytes } from '@mkiot/core/bytes/bytes';
import { toHexOffset } from '../../bytes/hexOffset.ts';
import type { EcPublicKey } from '../../keys/keys.ts';
import { NVS_ENTRY_BYTES } from '../../nvs/nvsFormat.ts';
import { PARTITION_TYPES } from '../../partitionTable/partition.ts';
import type { FlashDump, FlashRegion } from '../flash/flashDump.ts';
import type { NvsArea } from '../flash/nvsArea.ts';
import { findPublicKeys } from './findPublicKeys.ts';
import { findSightings } from './findSightings.ts';
import { privateKeyText } from './keyFingerprint.ts';
import { KeyReader, unread } from './keyReader.ts';
import type { Secret, Sighting } from './secret.ts';
import { secretsInNvs } from './secretsInNvs.ts';
import { secureCertKeys } from './secureCertKeys.ts';

/** Of what only looks like a secret this many are shown: a file of digests must not bury what is certain. */
const MOST_SUSPECTED = 100;

/** A dump before its secrets are known. */
export type SearchedFlash = Pick<FlashDump, 'bytes' | 'regions' | 'nvs'>;

/**
 * Every secret in a dump, wherever it lies: in partitions and between them, in NVS by value and by name, and with the flash
 * encryption key also in what that opens.
 */
export function findSecrets(flash: SearchedFlash): readonly Secret[] {
  const reader = new KeyReader();
  const inBytes = findSightings(flash.bytes, reader);
  const found = [
    ...withSecureCert(
      flash,
      inBytes.filter(({ offset }) => itemAt(flash.nvs, offset) === undefined),
    ),
    ...flash.nvs.flatMap((area) => secretsOfArea(area, inBytes, reader)),
    ...flash.regions
      .filter(({ isDecrypted }) => isDecrypted)
      .flatMap((region) => secretsBehindKey(region, flash, reader)),
  ];
  const secrets = proven(found, flash).filter((secret) => !isDigest(secret, flash.regions));
  const suspected = new Set(secrets.filter(({ confidence }) => confidence === 'suspected').slice(MOST_SUSPECTED));
  return secrets.filter((secret) => !suspected.has(secret)).toSorted((one, other) => one.offset - other.offset);
}

function withSecureCert(flash: SearchedFlash, sightings: readonly Sighting[]): readonly Secret[] {
  const values = secureCertKeys(flash.bytes);
  const isWithin = ({ offset }: Sighting, value: Pick<Sighting, 'offset' | 'length'>): boolean =>
    offset >= value.offset && offset < value.offset + value.length;
  const isSecureCert = (sighting: Sighting): boolean => values.some((value) => isWithin(sighting, value));
  const others = values.filter((value) => !sightings.some((sighting) => isWithin(sighting, value)));
  const all = [...sightings, ...others.map((value) => unread('in esp_secure_cert', value))];
  return all.map((sighting) => ({
    ...sighting,
    region: regionAt(flash.regions, sighting.offset)?.name ?? 'unassigned',
    // In pages of NVS, but in no item that can be read: what held it is gone.
    isLeftover: flash.nvs.some(({ offset, size }) => sighting.offset >= offset && sighting.offset < offset + size),
    isSecureCert: isSecureCert(sighting),
    isBehindKey: false,
  }));
}

/** @param inBytes what was seen in the dump, to tell where in flash the bytes of a blob in pieces are */
function secretsOfArea(area: NvsArea, inBytes: readonly Sighting[], reader: KeyReader): readonly Secret[] {
  return area.records.flatMap((record) =>
    secretsInNvs(record, reader).map((sighting) => {
      const start = area.offset + record.offset;
      const same = inBytes.find(({ what, offset }) => what === sighting.what && itemAt([area], offset) !== undefined);
      const isInOnePiece = record.type !== 'blob_index';
      return {
        ...sighting,
        offset: isInOnePiece ? start + NVS_ENTRY_BYTES + sighting.offset : (same?.offset ?? start),
        region: area.region,
        nvsKey: `${record.namespace ?? `namespace ${record.namespaceIndex}`}/${record.key}`,
        isLeftover: record.state !== 'current',
        isSecureCert: false,
        isBehindKey: false,
      };
    }),
  );
}

function secretsBehindKey(region: FlashRegion, { bytes }: SearchedFlash, reader: KeyReader): readonly Secret[] {
  return findSightings(region.readable, reader).flatMap((sighting) => {
    const offset = region.offset + sighting.offset;
    const start = region.readable.subarray(sighting.offset, sighting.offset + 16);
    // Sectors of the region that are not encrypted were searched already.
    if (equalBytes(start, bytes.subarray(offset, offset + start.length))) return [];
    return [{ ...sighting, offset, region: region.name, isLeftover: false, isSecureCert: false, isBehindKey: true }];
  });
}

/** With what the dump itself proves: the public key of a private one is in it, or somewhere else in the dump. */
function proven(secrets: readonly Secret[], { bytes, regions }: SearchedFlash): readonly Secret[] {
  const unproven = secrets.flatMap(({ confidence, publicKey }) =>
    confidence !== 'proven' && publicKey?.kind === 'EC' ? [publicKey] : [],
  );
  const found = new Map<EcPublicKey, number>();
  for (const { offset, readable } of regions.filter(({ isDecrypted }) => isDecrypted)) {
    for (const [key, at] of findPublicKeys(readable, unproven)) found.set(key, offset + at);
  }
  for (const [key, at] of findPublicKeys(bytes, unproven)) found.set(key, at);
  return secrets.map((secret) => {
    if (secret.confidence === 'proven') return { ...secret, proof: 'its public key is part of it' };
    const at = secret.publicKey?.kind === 'EC' ? found.get(secret.publicKey) : undefined;
    return at === undefined ? secret : withProof(secret, `its public key is at ${toHexOffset(at)}`);
  });
}

/** The same secret, now certain. */
export function withProof(secret: Secret, proof: string): Secret {
  const { publicKey, form = '', what } = secret;
  return { ...secret, what: publicKey ? privateKeyText(publicKey, form) : what, confidence: 'proven', proof };
}

/** Programs hold digests and constants of curves, which are as long as keys. */
function isDigest({ kind, confidence, region }: Secret, regions: readonly FlashRegion[]): boolean {
  const isSuspectedKey = kind === 'private-key' && confidence === 'suspected';
  const { partition } = regions.find(({ name }) => name === region) ?? {};
  return isSuspectedKey && (region === 'bootloader' || partition?.type === PARTITION_TYPES.app);
}

function regionAt(regions: readonly FlashRegion[], offset: number): FlashRegion | undefined {
  return regions.find((region) => offset >= region.offset && offset < region.offset + region.size);
}

/** Whether a readable item of NVS covers an offset of the dump; in what was decrypted it does not lie in clear. */
function itemAt(areas: readonly NvsArea[], offset: number): NvsArea | undefined {
  return areas.find(
    (area) =>
      area.access === 'clear' &&
      area.pages.some(({ items }) =>
        items.some((item) => {
          const start = area.offset + item.offset;
          return offset >= start && offset < start + item.span * NVS_ENTRY_BYTES;
        }),
      ),
  );
}
