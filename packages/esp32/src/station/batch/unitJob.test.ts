import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPartitionTable } from '../../partitionTable/buildPartitionTable.ts';
import type { Partition } from '../../partitionTable/partition.ts';
import { TABLE_OFFSET } from '../../plan/layout.ts';
import { PROFILES } from '../../plan/profiles.ts';
import { parseSecureCert } from '../../secureCert/parseSecureCert.ts';
import { SECURE_CERT_TYPES, type SecureCertEntry } from '../../secureCert/secureCertEntry.ts';
import type { Job } from '../job.ts';
import type { BatchRow } from './batchRow.ts';
import { foreignKeys, unitJob } from './unitJob.ts';

const MAC = '24:0a:c4:00:00:01';
const security: Job['security'] = { profile: PROFILES.production, signer: undefined };

const nvs: Partition = {
  name: 'values',
  type: 1,
  subtype: 2,
  offset: 0x9000,
  size: 0x3000,
  encrypted: false,
  readonly: false,
  unknownFlags: 0,
};
const certificates = (encrypted: boolean): Partition => ({
  ...nvs,
  name: 'esp_secure_cert',
  subtype: 6,
  offset: 0xd000,
  size: 0x2000,
  encrypted,
});

const jobWith = (partitions: readonly Partition[], more: Partial<Job> = {}): Omit<Job, 'mac' | 'deviceNvs'> => ({
  firmware: [{ name: 'table', offset: TABLE_OFFSET, bytes: buildPartitionTable(partitions, true) }],
  firmwareChip: undefined,
  mayBeUsed: false,
  baud: 921_600,
  ...more,
});

const key: SecureCertEntry = {
  flags: 0,
  reserved: 0,
  type: SECURE_CERT_TYPES.PRIV_KEY,
  subtype: 0,
  value: Uint8Array.of(1, 2, 3),
};
const row = (more: Partial<BatchRow>): BatchRow => ({
  device: 'pump-1',
  mac: undefined,
  keyCount: undefined,
  nvs: [],
  secureCert: [],
  ...more,
});

test('certificates of a unit lie in their partition, which they fill', () => {
  const common = { job: jobWith([nvs, certificates(true)], { security }), nvsPartition: undefined };
  const { firmware, mac } = unitJob(common, row({ secureCert: [key] }), MAC);
  assert.equal(mac, MAC);
  const part = firmware.at(-1)!;
  assert.deepEqual([part.offset, part.bytes.length], [0xd000, 0x2000]);
  assert.deepEqual(parseSecureCert(part.bytes)[0]?.value, key.value);
  assert.equal(foreignKeys(row({ secureCert: [key] })), 1);
});

test('a private key that flash encryption would leave in clear is refused, and a certificate is not', () => {
  const common = { job: jobWith([certificates(false)], { security }), nvsPartition: undefined };
  assert.throws(() => unitJob(common, row({ secureCert: [key] }), MAC), { code: 'BATCH_SECURE_CERT_PLAIN' });
  const certificate = { ...key, type: SECURE_CERT_TYPES.DEV_CERT };
  assert.equal(unitJob(common, row({ secureCert: [certificate] }), MAC).firmware.length, 2);
});

test('what has no place in the firmware is refused before a board is there', () => {
  const values = row({ nvs: [{ namespace: 'a' }, { key: 'k', type: 'blob', value: new Uint8Array(0x2000) }] });
  for (const [nvsPartition, partitions, unit, code] of [
    [undefined, [nvs], values, 'BATCH_NVS_PARTITION_MISSING'],
    ['other', [nvs], values, 'UNIT_NVS_PARTITION_MISSING'],
    ['values', [nvs], values, 'NVS_FULL'],
    ['values', [nvs], row({ secureCert: [key] }), 'BATCH_SECURE_CERT_PARTITION'],
  ] as const) {
    assert.throws(() => unitJob({ job: jobWith(partitions), nvsPartition }, unit, undefined), { code });
  }
});
