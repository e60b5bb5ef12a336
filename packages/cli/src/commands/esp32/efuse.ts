import type { Chip } from '@mkiot/esp32/chips/chip';
import { efuseEntries } from '@mkiot/esp32/efuse/efuseSummary';
import { parseEfuseFile } from '@mkiot/esp32/efuse/parseEfuseFile';
import { efuseSummaryLines } from '@mkiot/esp32/efuse/summaryText';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { readNamedFile } from '../../namedFile.ts';
import { chipNamed } from './chipOption.ts';
import { addFormat, type FormatOption, resultIn } from './format.ts';

export function addEfuse(esp32: Command, cli: Cli): void {
  const efuse = addCommand(esp32, 'efuse', {
    summary: 'Read what is burned into a chip',
    examples: ['mkiot esp32 efuse summary efuse.txt'],
  });
  addSummary(efuse, cli);
}

function addSummary(efuse: Command, cli: Cli): void {
  const summary = addCommand(efuse, 'summary', {
    summary: 'Show every eFuse field of a chip',
    details:
      'Reads "espefuse dump", also joint, "espefuse summary" of any version as text or JSON, the file of espefuse\'s ' +
      "emulator, and QEMU's eFuse drive. Names and values are those of espefuse v5.",
    examples: [
      'mkiot esp32 efuse summary efuse.txt',
      'mkiot esp32 efuse summary --chip esp32s3 --format json efuse.bin',
    ],
  })
    .argument('<file>', 'what was read from the chip')
    .option('--chip <chip>', 'the chip, where the file does not tell: esp32, esp32s3, …', chipNamed);
  addFormat(summary).action(async (path: string, options: FormatOption & { readonly chip?: Chip }) => {
    const dump = parseEfuseFile(await readNamedFile(path), options.chip);
    const entries = efuseEntries(dump).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const json = Object.fromEntries(entries.map((entry) => [entry.name, entry]));
    await resultIn(options, cli, json, efuseSummaryLines(dump));
  });
}
