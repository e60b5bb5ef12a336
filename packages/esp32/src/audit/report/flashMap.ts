import { toHex } from '@mkiot/core/bytes/bytes';
import { PARTITION_SUBTYPES, PARTITION_TYPES } from '../../partitionTable/partition.ts';
import type { Finding } from '../finding.ts';
import type { FlashDump, FlashRegion } from '../flash/flashDump.ts';
import type { SectorKind } from '../flash/sectorKind.ts';
import type { FromInput } from '../subject.ts';
import type { FlashMap, FlashMapRegion, FlashMark, RegionState } from './auditReport.ts';

const SECTOR = 0x1000;
/** Of the bootloader, bytes. */
const HEAD = 64;

/** The map of a dump, with the places of findings on it. */
export function flashMap({ source, value }: FromInput<FlashDump>, findings: readonly Finding[]): FlashMap {
  const marks = marksOf(source, findings);
  const bootloader = value.regions.find(({ name }) => name === 'bootloader');
  return {
    source,
    size: value.bytes.length,
    ...(value.assumedLayout !== undefined && { assumedLayout: value.assumedLayout }),
    regions: value.regions.map((region) => mapRegion(region, value, marks)),
    ...(bootloader && { bootloaderHead: toHex(value.bytes.subarray(bootloader.offset, bootloader.offset + HEAD)) }),
  };
}

function mapRegion(region: FlashRegion, { sectors, nvs }: FlashDump, marks: readonly FlashMark[]): FlashMapRegion {
  const { name, offset, size } = region;
  const areas = nvs.filter((area) => area.region === name && isWithin(area.offset, region));
  const isSealedNvs = areas.length > 0 && areas.every(({ access }) => access === 'sealed');
  return {
    name,
    offset,
    size,
    state: isSealedNvs ? 'encrypted' : stateOf(region, areas.length > 0),
    runs: runsOf(region, isSealedNvs ? sectors.map(asEncrypted) : sectors),
    marks: marks.filter((mark) => isWithin(mark.offset, region)),
  };
}

function isWithin(at: number, { offset, size }: FlashRegion): boolean {
  return at >= offset && at < offset + size;
}

/** Encrypted NVS keeps the head of each page in clear, and the values in it are too few to be told by statistics. */
function asEncrypted(kind: SectorKind): SectorKind {
  return kind === 'erased' ? kind : 'encrypted';
}

const NVS = PARTITION_SUBTYPES[PARTITION_TYPES.data]?.['nvs'];

/** ESP-IDF, flash encryption: "it is not possible to use flash encryption for NVS". */
function stateOf({ content, partition }: FlashRegion, holdsNvs: boolean): RegionState {
  const isNvs = holdsNvs || (partition?.type === PARTITION_TYPES.data && partition.subtype === NVS);
  return isNvs && (content === 'plain' || content === 'mixed') ? 'unencryptable' : content;
}

function runsOf({ offset, size }: FlashRegion, sectors: readonly SectorKind[]): FlashMapRegion['runs'] {
  const runs: { offset: number; size: number; kind: SectorKind }[] = [];
  for (let at = offset; at < offset + size;) {
    const end = Math.min((Math.floor(at / SECTOR) + 1) * SECTOR, offset + size);
    const kind = sectors[Math.floor(at / SECTOR)] ?? 'erased';
    const last = runs.at(-1);
    if (last?.kind === kind) last.size += end - at;
    else runs.push({ offset: at, size: end - at, kind });
    at = end;
  }
  return runs;
}

function marksOf(source: string, findings: readonly Finding[]): readonly FlashMark[] {
  return findings.flatMap(({ ruleId, severity, confidence, evidence }) =>
    evidence.flatMap((piece) => {
      if (piece.source !== source || piece.offset === undefined) return [];
      return [{ offset: piece.offset, ruleId, severity, ...(confidence && { confidence }) }];
    }),
  );
}
