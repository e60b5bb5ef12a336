import { REFERENCE_FIRMWARE } from '@mkiot/board/chip/app/reference/referenceFirmware';
import { REFERENCE_PARTITIONS } from '@mkiot/board/chip/app/reference/referenceFlash';
import { buildVirtualApp } from '@mkiot/board/chip/app/buildVirtualApp';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { seededRandom } from '@mkiot/board/faults/seededRandom';
import { buildPartitionTable } from '@mkiot/esp32/partitionTable/buildPartitionTable';
import { DEFAULT_PARTITION_TABLE_OFFSET } from '@mkiot/esp32/partitionTable/partition';
import type { Job } from '@mkiot/esp32/station/job';
import { jobFor } from './stationJob.ts';

/** What 921,600 baud carry, at ten bits a byte. */
export const LINE_BYTES_A_SECOND = 92_160;
export const MEBIBYTE = 0x100000;

const APP_ROOM = 0x140000;
const MORE_ROOM = APP_ROOM - 0x40000;
const APP_OFFSET = 0x10000;

/** A job for production whose app has so many bytes that cannot be compressed, with room for it in the partition table. */
export async function largeJobFor(name: VirtualChipName, bytes: number, more: Partial<Job>): Promise<Job> {
  const { chip } = CHIP_MODELS[name];
  const job = await jobFor(name, 'production', more);
  const partitions = REFERENCE_PARTITIONS.map((partition) => {
    if (partition.name === 'factory') return { ...partition, size: APP_ROOM };
    if (partition.name === 'outbox') return { ...partition, offset: 0x200000, size: 0x200000 };
    return partition.offset > APP_OFFSET ? { ...partition, offset: partition.offset + MORE_ROOM } : partition;
  });
  const constants = seededRandom(11)(new Uint8Array(bytes));
  const app = await buildVirtualApp({ chip, firmware: REFERENCE_FIRMWARE, version: '1.2.3', constants });
  const firmware = job.firmware.map((part) => {
    if (part.offset === APP_OFFSET) return { ...part, bytes: app };
    if (part.offset !== DEFAULT_PARTITION_TABLE_OFFSET) return part;
    return { ...part, bytes: buildPartitionTable(partitions, true) };
  });
  return { ...job, firmware };
}
