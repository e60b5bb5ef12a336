import { activeEntry, type OtaCopy, otaStateName, parseOtadata, slotOf } from '@mkiot/esp32/otadata/otadata';
import type { Command } from 'commander';
import { wholeNumber } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { readNamedFile } from '../../namedFile.ts';

/** There are subtypes for so many. */
const MAX_SLOTS = 16;

export function addOtadata(esp32: Command, cli: Cli): void {
  const otadata = addCommand(esp32, 'otadata', {
    summary: 'Read which app a chip boots',
    examples: ['mkiot esp32 otadata show otadata.bin'],
  });
  addShow(otadata, cli);
}

function addShow(otadata: Command, cli: Cli): void {
  addCommand(otadata, 'show', {
    summary: 'Show both copies of the OTA data, and which one counts',
    details:
      'The partition has 0x2000 bytes; read it whole. On a chip with flash encryption decrypt it first, with "mkiot esp32 ' +
      'flash decrypt".',
    examples: ['mkiot esp32 otadata show otadata.bin', 'mkiot esp32 otadata show --slots 2 otadata.bin'],
  })
    .argument('<file>', 'contents of the otadata partition')
    .option('--slots <count>', 'how many partitions ota_0, ota_1, … there are', wholeNumber('--slots', 1, MAX_SLOTS))
    .action(async (path: string, { slots }: { readonly slots?: number }) => {
      const copies = parseOtadata(await readNamedFile(path));
      const active = activeEntry(copies);
      const slot = active === undefined || slots === undefined ? undefined : slotOf(active, slots);
      const value = { copies: copies.map(described), active: copies.findIndex((copy) => copy === active), slot };
      const lines = copies.map((copy, index) => copyLine(copy, index, active));
      await cli.output.result(value, [...lines, boots(active, slot)]);
    });
}

function described(copy: OtaCopy): object {
  if (typeof copy === 'string') return { is: copy };
  return { is: 'written', sequence: copy.sequence, state: stateText(copy.state) };
}

function copyLine(copy: OtaCopy, index: number, active: OtaCopy | undefined): string {
  const name = `Copy ${index}`;
  if (typeof copy === 'string') return `${name}: ${copy}`;
  return `${name}: sequence ${copy.sequence}, ${stateText(copy.state)}${copy === active ? ', active' : ''}`;
}

function stateText(state: number): string {
  return otaStateName(state) ?? `0x${state.toString(16)}`;
}

function boots(active: OtaCopy | undefined, slot: number | undefined): string {
  if (active === undefined) return 'Boots the factory app, or ota_0 where there is none.';
  return slot === undefined
    ? 'Say with --slots how many app slots there are to see which one boots.'
    : `Boots ota_${slot}.`;
}
