import { equalBytes } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { portableAes } from '../aes/portableAes.ts';
import { CHIPS } from '../chips/chips.ts';
import { buildPartitionTable } from '../partitionTable/buildPartitionTable.ts';
import { PARTITIONS, TABLE_OFFSET } from '../plan/layout.ts';
import { encryptParts, type FirmwarePart, signParts, unitCipher } from './prepareFirmware.ts';

const KEY = new Uint8Array(32).fill(0x5a);
const { esp32s3 } = CHIPS;
const part = (name: string, offset: number, bytes = new Uint8Array(64).fill(0x11)): FirmwarePart => ({
  name,
  offset,
  bytes,
});
const ofPartition = (wanted: string): FirmwarePart => {
  const { name, offset } = PARTITIONS.find(({ name }) => name === wanted) ?? assert.fail(wanted);
  return part(name, offset);
};
const table = part('table', TABLE_OFFSET, buildPartitionTable(PARTITIONS, true));
const bootloader = part('bootloader', esp32s3.bootloaderOffset);

/** The names of the parts that are not as they were. */
async function encrypted(parts: readonly FirmwarePart[]): Promise<readonly string[]> {
  const pieces = encryptParts(parts, esp32s3, await unitCipher(esp32s3, KEY, portableAes));
  return parts.filter(({ bytes }, index) => !equalBytes(bytes, pieces[index]?.bytes ?? bytes)).map(({ name }) => name);
}

test('of firmware with the layout of a plan all is encrypted that the bootloader reads through the cipher', async () => {
  const names = ['nvs', 'otadata', 'phy_init', 'nvs_keys', 'ota_0', 'ota_1', 'storage'];
  assert.deepEqual(await encrypted([bootloader, table, ...names.map(ofPartition)]), [
    'bootloader',
    'table',
    'otadata',
    'nvs_keys',
    'ota_0',
    'ota_1',
    'storage',
  ]);
});

test('NVS keys are encrypted without the flag too', async () => {
  const unflagged = PARTITIONS.map((partition) => ({ ...partition, encrypted: false }));
  const bare = part('table', TABLE_OFFSET, buildPartitionTable(unflagged, true));
  assert.deepEqual(await encrypted([bare, ofPartition('nvs_keys'), ofPartition('storage')]), ['table', 'nvs_keys']);
});

test('firmware without a partition table is refused: nobody knows what of it is encrypted', async () => {
  const parts = [bootloader, ofPartition('ota_0')];
  const cipher = await unitCipher(esp32s3, KEY, portableAes);
  assert.throws(() => encryptParts(parts, esp32s3, cipher), { code: 'FIRMWARE_TABLE_MISSING' });
  const signer = { publicKey: { kind: 'RSA', n: 1n, e: 1n }, sign: () => assert.fail('signed') } as const;
  await assert.rejects(signParts(parts, esp32s3, signer), { code: 'FIRMWARE_TABLE_MISSING' });
});
