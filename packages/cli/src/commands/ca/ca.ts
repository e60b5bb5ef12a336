import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addCaExport } from './export.ts';
import { addCaShow } from './show.ts';
import { addCaTrust } from './trust.ts';

export function addCa(program: Command, cli: Cli): void {
  const ca = addCommand(program, 'ca', {
    summary: "The certificate authority of this machine's server",
    details: 'Reads the data folder, so it needs no running server.',
    examples: ['mkiot ca show', 'mkiot ca export > ca.pem', 'mkiot ca trust'],
  });
  addCaShow(ca, cli);
  addCaExport(ca, cli);
  addCaTrust(ca, cli);
}
