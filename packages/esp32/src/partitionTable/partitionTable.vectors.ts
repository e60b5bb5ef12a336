import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { expectBytes, type ReadVector, type VectorCheck } from '../vectors.testing.ts';
import { buildPartitionCsv } from './buildPartitionCsv.ts';
import { buildPartitionTable } from './buildPartitionTable.ts';
import { parsePartitionCsv } from './parsePartitionCsv.ts';
import { parsePartitionTable } from './parsePartitionTable.ts';
import type { Partition } from './partition.ts';
import { verifyPartitionTable } from './verifyPartitionTable.ts';

/** What gen_esp32part.py was given, and what it said. */
export interface PartitionCase {
  readonly name: string;
  readonly args: readonly string[];
  readonly exit: number;
  readonly error: string | null;
}

export function partitionVector(name: string): URL {
  return new URL(`vectors/${name}`, import.meta.url);
}

export async function partitionCases(read: ReadVector): Promise<readonly PartitionCase[]> {
  const index = JSON.parse(utf8Decode(await read(partitionVector('index.json')))) as {
    tables: readonly PartitionCase[];
  };
  return index.tables;
}

export const checks: readonly VectorCheck[] = [
  {
    name: 'partition tables are written, read and refused as gen_esp32part.py does it, word for word',
    async run(read) {
      for (const vector of await partitionCases(read)) await checkCase(vector, read);
    },
  },
  {
    name: "partition tables of ESP-IDF's own tests and examples are read and written alike",
    async run(read) {
      for (const name of ['partitions.bin', 'partition-table.bin']) {
        const bytes = await read(partitionVector(name));
        const { partitions, hasMd5 } = parsePartitionTable(bytes);
        expectBytes(buildPartitionTable(partitions, hasMd5), bytes, name);
      }
      for (const name of ['partitions_two_ota', 'partitions_singleapp_encr_nvs', 'esp_secure_cert_app']) {
        tableOf(await read(partitionVector(`${name}.csv`)), 0xc000);
      }
    },
  },
];

async function checkCase({ name, args, error }: PartitionCase, read: ReadVector): Promise<void> {
  const csv = await read(partitionVector(`${name}.csv`));
  const tableOffset = args[0] === '-o' ? Number(args[1]) : 0x8000;
  if (error !== null) return expectError(() => tableOf(csv, tableOffset), error);
  const expected = await read(partitionVector(`${name}.bin`));
  const binary = buildPartitionTable(tableOf(csv, tableOffset), !args.includes('--disable-md5sum'));
  expectBytes(binary, expected, name);
  const again = utf8Encode(buildPartitionCsv(parsePartitionTable(expected).partitions));
  expectBytes(again, await read(partitionVector(`${name}.roundtrip.csv`)), `${name} as CSV`);
}

function tableOf(csv: Uint8Array, tableOffset: number): readonly Partition[] {
  const partitions = parsePartitionCsv(csv, { tableOffset, variables: {} });
  verifyPartitionTable(partitions, { tableOffset });
  return partitions;
}

function expectError(work: () => unknown, message: string): void {
  try {
    work();
  } catch (error) {
    if (error instanceof MkiotError && error.message === message) return;
    throw new Error(`"${String(error)}" instead of "${message}"`, { cause: error });
  }
  throw new Error(`"${message}" was not said`);
}
