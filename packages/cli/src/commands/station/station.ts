import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addStationEnrol } from './enrol.ts';
import { addStationList } from './list.ts';
import { addStationRegister } from './register.ts';
import { addStationRevoke } from './revoke.ts';
import { addStationUnits } from './units/units.ts';

export function addStation(program: Command, cli: Cli): void {
  const stations = addCommand(program, 'station', {
    summary: 'Provisioning stations: keys that register units and can do nothing else',
    details: 'A station belongs to the default registry, or to the one after --registry.',
    examples: ['mkiot station enrol line-1 --max-devices 500 --until 2026-12-31', 'mkiot station list'],
  });
  addStationEnrol(stations, cli);
  addStationList(stations, cli);
  addStationRegister(stations, cli);
  addStationRevoke(stations, cli);
  addStationUnits(stations, cli);
}
