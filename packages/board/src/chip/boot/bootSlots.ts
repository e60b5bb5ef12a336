import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import type { BootStart } from './bootChoice.ts';
import { otaPartitions } from './partitionList.ts';

/** The partitions that the bootloader looks for. */
export class BootSlots {
  readonly all: readonly Partition[];
  readonly factory: Partition | undefined;
  readonly test: Partition | undefined;
  readonly ota: readonly Partition[];
  readonly otadata: Partition | undefined;

  constructor(all: readonly Partition[]) {
    const find = (type: number, subtype: number): Partition | undefined =>
      all.find((partition) => partition.type === type && partition.subtype === subtype);
    this.all = all;
    this.factory = find(0, 0x00);
    this.test = find(0, 0x20);
    this.otadata = find(1, 0x00);
    this.ota = otaPartitions(all);
  }

  /** All apps in the order in which they are tried: from `start` down to the factory app, then the slots behind it. */
  from(start: BootStart): readonly (readonly [number, Partition])[] {
    const first = start === 'factory' ? -1 : start;
    const numbers = [...numbersDown(first), ...this.ota.keys()].filter((slot, at, all) => all.indexOf(slot) === at);
    return numbers.flatMap((slot) => {
      const partition = slot === -1 ? this.factory : this.ota[slot];
      return partition === undefined ? [] : [[slot, partition] as const];
    });
  }
}

/** `first`, and all below it down to -1, the factory app. */
function numbersDown(first: number): readonly number[] {
  return Array.from({ length: first + 2 }, (_, index) => first - index);
}
