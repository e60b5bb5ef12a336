import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { addUnitsExport } from './export.ts';
import { addUnitsList } from './list.ts';
import { addUnitsRelease } from './release.ts';

export function addStationUnits(stations: Command, cli: Cli): void {
  const units = addCommand(stations, 'units', {
    summary: 'The units that stations have registered, and what they signed of them',
    examples: ['mkiot station units list', 'mkiot station units export 24:0a:c4:12:34:56'],
  });
  addUnitsList(units, cli);
  addUnitsExport(units, cli);
  addUnitsRelease(units, cli);
}
