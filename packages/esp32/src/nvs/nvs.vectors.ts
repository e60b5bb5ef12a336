import { toHex, utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { portableAes } from '../aes/portableAes.ts';
import { esp32FlashCipher } from '../flashEncryption/esp32FlashCipher.ts';
import { xtsFlashCipher } from '../flashEncryption/xtsFlashCipher.ts';
import { expectBytes, expectEqual, fromHex, type ReadVector, type VectorCheck } from '../vectors.testing.ts';
import { buildNvs } from './buildNvs.ts';
import { decryptNvs, encryptNvs } from './nvsCipher.ts';
import type { NvsVersion } from './nvsFormat.ts';
import { buildNvsKeys, deviceNvsKeys, hmacNvsKeys, parseNvsKeys } from './nvsKeys.ts';
import { nvsRecords } from './nvsRecords.ts';
import { nvsToolRows } from './nvsToolRows.ts';
import { parseNvs } from './parseNvs.ts';
import { parseNvsCsv } from './parseNvsCsv.ts';

/** What nvs_partition_gen was given: a CSV, a size in bytes, a version, and sometimes keys. */
export interface NvsCase {
  readonly csv: string;
  readonly binary: string;
  readonly size: number;
  readonly version: NvsVersion;
  readonly keys?: string;
  /** There is what nvs_tool says. */
  readonly parsed?: string;
}

const KEYS = 'encrypted-basic.keys.bin';

export const NVS_CASES: readonly NvsCase[] = [
  nvsCase('plain-basic', 0x3000),
  { ...nvsCase('plain-v1-format', 0x3000), version: 1 },
  nvsCase('plain-multipage-blob', 0x5000),
  nvsCase('arduino-eeprom-privkey', 0x5000),
  { ...nvsCase('encrypted-basic', 0x4000), keys: KEYS },
  { csv: 'edges.csv', binary: 'edges.bin', size: 0x8000, version: 2 },
  { csv: 'edges.csv', binary: 'edges.encrypted.bin', size: 0x8000, version: 2, keys: KEYS },
  { csv: 'wifi.csv', binary: 'wifi.bin', size: 0x3000, version: 2 },
  { csv: 'small.csv', binary: 'small.bin', size: 0x2000, version: 2 },
  { csv: 'v1.csv', binary: 'v1.bin', size: 0x5000, version: 1 },
];

function nvsCase(name: string, size: number): NvsCase {
  return { csv: `${name}.csv`, binary: `${name}.bin`, size, version: 2, parsed: `${name}.parsed.minimal.txt` };
}

export function nvsVector(name: string): URL {
  return new URL(`vectors/${name}`, import.meta.url);
}

export const checks: readonly VectorCheck[] = [
  ...NVS_CASES.map((vector) => ({
    name: `${vector.binary} is built and read as Espressif's tools do it`,
    run: (read: ReadVector) => checkCase(vector, read),
  })),
  { name: "an encrypted partition and old blobs of ESP-IDF's own tests are read", run: checkIdfPartitions },
  { name: 'the sample CSV of ESP-IDF is read, and what is built of it is read back', run: checkSample },
  { name: 'NVS keys are read, written, and derived from an HMAC key as ESP-IDF does it', run: checkKeys },
  { name: 'the NVS keys that a device makes follow from its flash key', run: checkDeviceKeys },
];

async function checkCase({ csv, binary, size, version, keys, parsed }: NvsCase, read: ReadVector): Promise<void> {
  const noFiles = (): Promise<never> => Promise.reject(new Error('no file was expected'));
  const plain = buildNvs(await parseNvsCsv(await read(nvsVector(csv)), noFiles), size, version);
  const expected = await read(nvsVector(binary));
  const nvsKeys = keys === undefined ? undefined : parseNvsKeys(await read(nvsVector(keys)));
  const built = nvsKeys === undefined ? plain : encryptNvs(plain, nvsKeys, portableAes);
  expectBytes(built, expected, binary);
  const decrypted = nvsKeys === undefined ? expected : decryptNvs(expected, nvsKeys, portableAes);
  expectBytes(decrypted, plain, `${binary} decrypted`);
  if (parsed === undefined) return;
  const rows = JSON.parse(utf8Decode(await read(nvsVector(parsed)))) as unknown;
  expectEqual(rowsJson(nvsToolRows(parseNvs(decrypted))), JSON.stringify(rows), `what is in ${binary}`);
}

/** The integers of these vectors are small enough for a number. */
function rowsJson(rows: readonly object[]): string {
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}

async function checkIdfPartitions(read: ReadVector): Promise<void> {
  const keys = parseNvsKeys(await read(nvsVector('encryption_keys.bin')));
  const encrypted = await read(nvsVector('partition_encrypted.bin'));
  const plain = decryptNvs(encrypted, keys, portableAes);
  expectBytes(encryptNvs(plain, keys, portableAes), encrypted, 'the partition encrypted again');
  for (const partition of [plain, await read(nvsVector('part_old_blob_format.bin'))]) {
    const records = nvsRecords(parseNvs(partition));
    const good = records.filter(({ problem, state }) => problem === undefined && state === 'current');
    expectEqual(records.length, 12, 'the number of records');
    expectEqual(good.length, 12, 'the number of good records');
  }
}

/** The files that the sample names are not ours to copy; any contents of their kind do. */
async function checkSample(read: ReadVector): Promise<void> {
  const contentsOf = (path: string): string => (path.endsWith('.hex') ? '0123abcdef' : 'c29tZSBieXRlcw==');
  const csv = await read(nvsVector('sample_singlepage_blob.csv'));
  const rows = await parseNvsCsv(csv, (path) => Promise.resolve(utf8Encode(contentsOf(path))));
  const values = rows.filter((row) => 'key' in row);
  expectEqual(values.length, 14, 'the number of values');
  const records = nvsRecords(parseNvs(buildNvs(rows, 0x4000)));
  expectEqual(records.map(({ key }) => key).join(), values.map(({ key }) => key).join(), 'the keys');
  const text = records.find(({ key }) => key === 'dummyStringKey')?.value;
  expectEqual(String(text).split('\n').length, 5, 'the lines of the quoted text');
}

async function checkKeys(read: ReadVector): Promise<void> {
  for (const name of [KEYS, 'encryption_keys.bin', 'sample_encryption_keys_hmac.bin']) {
    const partition = await read(nvsVector(name));
    expectBytes(buildNvsKeys(parseNvsKeys(partition)), partition, name);
  }
  const derived = await hmacNvsKeys(await read(nvsVector('sample_hmac_key.bin')));
  expectBytes(buildNvsKeys(derived), await read(nvsVector('sample_encryption_keys_hmac.bin')), 'the derived keys');
}

interface DeviceKeyCase {
  readonly id: string;
  readonly alg: string;
  readonly nvsKeysAddress: number;
  readonly pattern: 'old' | 'new';
  readonly flashKey: string;
  readonly nvsKeys: string;
}

async function checkDeviceKeys(read: ReadVector): Promise<void> {
  const text = utf8Decode(await read(nvsVector('device-generated-keys.json')));
  const { cases } = JSON.parse(text) as { readonly cases: readonly DeviceKeyCase[] };
  for (const { id, alg, nvsKeysAddress, pattern, flashKey, nvsKeys } of cases) {
    const key = fromHex(flashKey);
    const cipher = alg === 'esp32' ? esp32FlashCipher(key, 0xf) : await xtsFlashCipher(key, portableAes);
    const made = deviceNvsKeys(cipher, nvsKeysAddress, pattern === 'old' ? 'before-v4.3' : 'from-v4.3');
    expectEqual(toHex(made.dataKey) + toHex(made.tweakKey), nvsKeys, id);
  }
}
