import {
  isAlwaysEncrypted,
  isPrimary,
  PARTITION_TABLE_SECTOR,
  type Partition,
} from '../../partitionTable/partition.ts';

/** A piece of flash before anybody has looked what is in it. */
export interface FlashOutline {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly partition?: Partition;
  /** The bootloader encrypts it whatever its flags say. */
  readonly isMeantToBeEncrypted: boolean;
}

/** What is known of where things are. */
export interface FlashPlaces {
  readonly flashBytes: number;
  readonly bootloaderOffset: number;
  /** Undefined where no partition table was found or assumed. */
  readonly tableOffset: number | undefined;
  readonly partitions: readonly Partition[];
}

/** Divides flash into regions without gap or overlap: of what overlaps, the part that comes later in flash is left out. */
export function outlineFlash({
  flashBytes,
  bootloaderOffset,
  tableOffset,
  partitions,
}: FlashPlaces): readonly FlashOutline[] {
  const wanted = partitions
    // A table may name the bootloader and itself, as what they are.
    .filter((partition) => !isPrimary(partition))
    .map((partition) => ({ ...partition, partition, isMeantToBeEncrypted: isAlwaysEncrypted(partition) }));
  const fixed = { isMeantToBeEncrypted: true };
  const table = { name: 'partition table', offset: tableOffset ?? 0, size: PARTITION_TABLE_SECTOR, ...fixed };
  const bootloaderEnd = tableOffset ?? flashBytes;
  const bootloader = { name: 'bootloader', offset: bootloaderOffset, size: bootloaderEnd - bootloaderOffset, ...fixed };
  const places: readonly FlashOutline[] = tableOffset === undefined ? wanted : [bootloader, table, ...wanted];
  const outline: FlashOutline[] = [];
  let end = 0;
  for (const place of places.toSorted((one, other) => one.offset - other.offset)) {
    const offset = Math.max(place.offset, end);
    const stop = Math.min(place.offset + place.size, flashBytes);
    if (offset >= stop) continue;
    if (offset > end) outline.push(unassigned(end, offset - end));
    const { name, partition, isMeantToBeEncrypted } = place;
    outline.push({ name, offset, size: stop - offset, ...(partition && { partition }), isMeantToBeEncrypted });
    end = stop;
  }
  if (end < flashBytes) outline.push(unassigned(end, flashBytes - end));
  return outline;
}

function unassigned(offset: number, size: number): FlashOutline {
  return { name: 'unassigned', offset, size, isMeantToBeEncrypted: false };
}
