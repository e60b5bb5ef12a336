import { buildPartitionCsv } from '@mkiot/esp32/partitionTable/buildPartitionCsv';
import { buildPartitionTable } from '@mkiot/esp32/partitionTable/buildPartitionTable';
import { parsePartitionCsv } from '@mkiot/esp32/partitionTable/parsePartitionCsv';
import { parsePartitionTable } from '@mkiot/esp32/partitionTable/parsePartitionTable';
import { DEFAULT_PARTITION_TABLE_OFFSET, type Partition } from '@mkiot/esp32/partitionTable/partition';
import { verifyPartitionTable } from '@mkiot/esp32/partitionTable/verifyPartitionTable';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { type Command, Option } from 'commander';
import { wholeNumberOrHex } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { readNamedFile, writeNewFile } from '../../namedFile.ts';
import { printable } from '../../output/printable.ts';

interface PartitionOptions {
  readonly output?: string;
  readonly secure?: 'v1' | 'v2';
  readonly flashSize?: string;
  readonly offset: number;
}

interface BuildOptions extends PartitionOptions {
  readonly output: string;
  readonly disableMd5sum?: boolean;
  readonly primaryBootloaderOffset?: number;
  readonly recoveryBootloaderOffset?: number;
}

export function addPartition(esp32: Command, cli: Cli): void {
  const partition = addCommand(esp32, 'partition', {
    summary: 'Read, check and write partition tables',
    details: "Checks and words are those of ESP-IDF's gen_esp32part.py.",
    examples: ['mkiot esp32 partition parse table.bin', 'mkiot esp32 partition build --output table.bin table.csv'],
  });
  addParse(partition, cli);
  addBuild(partition, cli);
}

function addParse(partition: Command, cli: Cli): void {
  const parse = addCommand(partition, 'parse', {
    summary: 'Turn a partition table from flash into CSV',
    details: 'It lies at 0x8000 in flash unless the project says otherwise, and takes 0xC00 bytes.',
    examples: ['mkiot esp32 partition parse table.bin', 'mkiot esp32 partition parse --output table.csv table.bin'],
  })
    .argument('<file>', 'binary partition table')
    .option('--output <file>', 'write the CSV to this file');
  addRules(parse).action(async (input: string, options: PartitionOptions) => {
    const { partitions, hasMd5 } = parsePartitionTable(await readNamedFile(input));
    await verify(partitions, options, cli);
    const csv = buildPartitionCsv(partitions);
    const result = { hasMd5, partitions };
    if (options.output === undefined) return cli.output.result(result, csv.trimEnd().split('\n'));
    await writeNewFile(options.output, utf8Encode(csv), [input]);
    await cli.output.result({ ...result, file: options.output }, [written(partitions, options.output)]);
  });
}

function addBuild(partition: Command, cli: Cli): void {
  const build = addCommand(partition, 'build', {
    summary: 'Turn a CSV into a partition table for flash',
    details: '$NAME and ${NAME} in the CSV are taken from the environment.',
    examples: ['mkiot esp32 partition build --flash-size 4MB --output table.bin table.csv'],
  })
    .argument('<file>', 'CSV')
    .requiredOption('--output <file>', 'write the table to this file')
    .option('--disable-md5sum', 'leave out the MD5, which bootloaders before ESP-IDF v3.1 do not know')
    .option('--primary-bootloader-offset <offset>', 'for a CSV that names the bootloader', flashOffset)
    .option('--recovery-bootloader-offset <offset>', 'for a CSV that names the recovery bootloader', flashOffset);
  addRules(build).action(async (input: string, options: BuildOptions) => {
    const { offset: tableOffset, primaryBootloaderOffset, recoveryBootloaderOffset, output } = options;
    const partitions = parsePartitionCsv(await readNamedFile(input), {
      tableOffset,
      primaryBootloaderOffset,
      recoveryBootloaderOffset,
      variables: cli.ports.environment,
    });
    await verify(partitions, options, cli);
    const hasMd5 = options.disableMd5sum !== true;
    await writeNewFile(output, buildPartitionTable(partitions, hasMd5), [input]);
    await cli.output.result({ hasMd5, partitions, file: output }, [written(partitions, output)]);
  });
}

const flashOffset = wholeNumberOrHex('the offset', 0, 2 ** 32 - 1);

function addRules(command: Command): Command {
  const sizes = ['1MB', '2MB', '4MB', '8MB', '16MB', '32MB', '64MB', '128MB'];
  return command
    .addOption(new Option('--secure <version>', 'apps have to fit secure boot').choices(['v1', 'v2']))
    .addOption(new Option('--flash-size <size>', 'all has to fit into this flash').choices(sizes))
    .option('--offset <offset>', 'of the table in flash', flashOffset, DEFAULT_PARTITION_TABLE_OFFSET);
}

async function verify(partitions: readonly Partition[], options: PartitionOptions, cli: Cli): Promise<void> {
  const { offset: tableOffset, secure, flashSize } = options;
  const flashBytes = flashSize === undefined ? undefined : Number.parseInt(flashSize, 10) * 0x100000;
  const warnings = verifyPartitionTable(partitions, { tableOffset, secure, flashBytes });
  for (const warning of warnings) await cli.ports.errorOutput.write(`WARNING: ${printable(warning)}\n`);
}

function written({ length }: readonly Partition[], file: string): string {
  return length === 1 ? `1 partition is in ${file}.` : `${length} partitions are in ${file}.`;
}
