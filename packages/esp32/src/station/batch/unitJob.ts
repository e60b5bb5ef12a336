import { buildNvs } from '../../nvs/buildNvs.ts';
import type { Partition } from '../../partitionTable/partition.ts';
import { buildSecureCert } from '../../secureCert/buildSecureCert.ts';
import { SECURE_CERT_TYPES, type SecureCertEntry } from '../../secureCert/secureCertEntry.ts';
import { nvsPlace } from '../deviceNvs.ts';
import type { Job } from '../job.ts';
import { type FirmwarePart, tableOf } from '../prepareFirmware.ts';
import { batchError } from './batchErrors.ts';
import type { BatchRow } from './batchRow.ts';

/** What is done with all units of a batch. */
export interface CommonJob {
  readonly job: Omit<Job, 'mac' | 'deviceNvs'>;
  /** The label of the partition for values of the unit. */
  readonly nvsPartition: string | undefined;
}

/** The name that esp_secure_cert_mgr looks for. */
const SECURE_CERT_PARTITION = 'esp_secure_cert';

/**
 * The job for the unit of one row.
 *
 * @param mac of the board that has the row
 * @throws `BATCH_NVS_PARTITION_MISSING`, `UNIT_NVS_PARTITION_MISSING`, `BATCH_SECURE_CERT_PARTITION`, `BATCH_SECURE_CERT_PLAIN`, and
 *   as `buildNvs` and `buildSecureCert`
 */
export function unitJob({ job, nvsPartition }: CommonJob, row: BatchRow, mac: string | undefined): Job {
  const { device, keyCount, nvs, secureCert } = row;
  if (nvs.length > 0 && nvsPartition === undefined) throw batchError('BATCH_NVS_PARTITION_MISSING', { device });
  const { registration, firmware } = job;
  const deviceNvs =
    nvsPartition === undefined || nvs.length === 0 ? undefined : { partition: nvsPartition, rows: () => nvs };
  // Now, and not when the board is on the bench.
  if (deviceNvs !== undefined) buildNvs(nvs, nvsPlace(tableOf(firmware).partitions, deviceNvs.partition).size);
  return {
    ...job,
    mac,
    firmware: secureCert.length === 0 ? firmware : [...firmware, secureCertPart(job, row)],
    registration: registration && {
      ...registration,
      deviceName: (unit) => ({ ...registration.deviceName(unit), device }),
      keyCount: keyCount ?? registration.keyCount,
    },
    deviceNvs,
  };
}

/** Private keys of a row, which the station has not made. */
export function foreignKeys({ secureCert }: BatchRow): number {
  return secureCert.filter(isPrivateKey).length;
}

function isPrivateKey({ type }: SecureCertEntry): boolean {
  return type === SECURE_CERT_TYPES.PRIV_KEY;
}

function secureCertPart({ firmware, security }: CommonJob['job'], { device, secureCert }: BatchRow): FirmwarePart {
  const place = tableOf(firmware).partitions.find(({ name }) => name === SECURE_CERT_PARTITION);
  if (place === undefined) throw batchError('BATCH_SECURE_CERT_PARTITION', { device });
  if (security !== undefined && secureCert.some(isPrivateKey)) checkEncrypted(place, device);
  const bytes = buildSecureCert(secureCert, place.size);
  return { name: `certificates of ${device}`, offset: place.offset, bytes };
}

/** Flash encryption covers only what the table marks. */
function checkEncrypted({ encrypted }: Partition, device: string): void {
  if (!encrypted) throw batchError('BATCH_SECURE_CERT_PLAIN', { device });
}
