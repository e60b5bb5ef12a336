import { isMac } from '@mkiot/core/provisioning/mac';
import type { Command } from 'commander';
import { usageError } from '../../../usageErrors.ts';
import { type PortPlace, portPlace } from '../port/openPort.ts';
import { labelUrl } from '../record/labelUrl.ts';
import { addUnitOptions, type UnitOptions } from '../unitOptions.ts';
import { MAX_PLACES } from './benchKeys.ts';

/** A port with its name as it was typed. */
export interface NamedPort {
  readonly name: string;
  readonly place: PortPlace;
}

export interface BatchOptions extends UnitOptions {
  readonly port?: readonly NamedPort[];
  readonly auto?: boolean;
  readonly device?: string;
  readonly manufacturingConfig?: string;
  readonly nvsPartition?: string;
  readonly retryFailed?: boolean;
  readonly giveUp?: readonly string[];
  readonly yes?: string;
  readonly labelUrl?: string;
}

export function addBatchOptions(command: Command): Command {
  command
    .option('--port <place>', 'a serial port, as in "mkiot provision"; once for each port', ports)
    .option('--auto', 'begin with a board when it answers, without a key')
    .option('--device <pattern>', 'device id of each unit, {column} is filled in (default: the column device)');
  return addUnitOptions(command)
    .option('--nvs-partition <label>', 'the NVS partition for values of the units')
    .option('--manufacturing-config <file>', 'the job is for the manufacturing utility, and this is its configuration')
    .option('--retry-failed', 'try units again that failed for what does not pass by itself')
    .option('--give-up <mac>', 'the row of this board is for another one; once for each board', macs)
    .option('--yes <words>', 'burn without asking, if these are the words: "BURN 20" for 20 units')
    .option('--record <folder>', 'writes of each unit MAC.json and its label, MAC.svg')
    .option(
      '--label-url <url>',
      'what the QR codes open, with {device} and {mac} (default: a text with both)',
      labelUrl,
    );
}

function ports(value: string, previous: readonly NamedPort[] = []): readonly NamedPort[] {
  const place = portPlace(value);
  if (previous.some(({ name }) => name === value)) {
    throw usageError('ARGUMENT_WRONG', { argument: '--port', value, allowed: 'another port each time' });
  }
  if (previous.length === MAX_PLACES) {
    throw usageError('ARGUMENT_WRONG', { argument: '--port', value, allowed: `one of ${MAX_PLACES} ports at most` });
  }
  return [...previous, { name: value, place }];
}

function macs(value: string, previous: readonly string[] = []): readonly string[] {
  const mac = value.toLowerCase().replaceAll('-', ':');
  if (isMac(mac)) return [...previous, mac];
  throw usageError('ARGUMENT_WRONG', {
    argument: '--give-up',
    value,
    allowed: 'a MAC address such as 24:0a:c4:12:34:56',
  });
}
