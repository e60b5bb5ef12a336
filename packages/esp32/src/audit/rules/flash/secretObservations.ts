import { PARTITION_SUBTYPES, PARTITION_TYPES } from '../../../partitionTable/partition.ts';
import type { FlashDump, FlashRegion } from '../../flash/flashDump.ts';
import type { Observation } from '../../rule.ts';
import { secretsByKnownKeys } from '../../secrets/knownKeys.ts';
import type { Secret } from '../../secrets/secret.ts';
import type { AuditSubject } from '../../subject.ts';

/** The secrets of a device that anybody reads who has its flash. */
export function openSecrets({ flash, publicKeys }: AuditSubject): readonly Secret[] {
  if (flash === undefined) return [];
  return secretsByKnownKeys(flash.value, publicKeys).filter(({ isBehindKey }) => !isBehindKey);
}

/** What a rule reports of a secret: where it is and what it is, never what it says. */
export function secretObservation({ flash }: AuditSubject, secret: Secret): Observation {
  const { what, proof, offset, length, nvsKey, isLeftover, confidence } = secret;
  const region = flash && regionAt(flash.value, offset);
  return {
    source: flash?.source ?? '',
    text: `${what}${proof === undefined ? '' : `; ${proof}`}.`,
    offset,
    length,
    ...(region?.partition && { partition: region.name }),
    ...(nvsKey !== undefined && { nvsKey }),
    ...(isLeftover && { isLeftover }),
    confidence,
  };
}

/** The region that an offset of the dump is in. */
export function regionAt({ regions }: FlashDump, offset: number): FlashRegion | undefined {
  return regions.find((region) => offset >= region.offset && offset < region.offset + region.size);
}

const DATA = PARTITION_SUBTYPES[PARTITION_TYPES.data] ?? {};

/** Whether an offset is in a partition for core dumps. */
export function isInCoreDump(flash: FlashDump, offset: number): boolean {
  const { partition } = regionAt(flash, offset) ?? {};
  return partition?.type === PARTITION_TYPES.data && partition.subtype === DATA['coredump'];
}
