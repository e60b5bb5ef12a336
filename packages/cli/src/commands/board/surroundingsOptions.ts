import type { DaughterboardDescription } from '@mkiot/board/peripherals/daughterboard';
import { parseGpx } from '@mkiot/board/peripherals/gnss/gpx';
import { trackOf } from '@mkiot/board/peripherals/gnss/track';
import type { Command } from 'commander';
import { wholeNumber } from '../../arguments.ts';
import { readNamedFile } from '../../namedFile.ts';

export interface SurroundingsOptions {
  readonly gpx?: string;
  readonly seed?: number;
}

/** Options of `mkiot board run` for what is around a board. */
export function addSurroundingsOptions(command: Command): Command {
  return command
    .option('--gpx <file>', 'the board goes along this GPX track, there and back')
    .option(
      '--seed <number>',
      'other measured values and another place, the same each time',
      wholeNumber('--seed', 0, 0xffff_ffff),
    );
}

/** @throws `FILE_NOT_READ`, `GPX_…` */
export async function daughterboardOf({ gpx, seed }: SurroundingsOptions): Promise<Partial<DaughterboardDescription>> {
  const track = gpx === undefined ? undefined : trackOf(parseGpx(new TextDecoder().decode(await readNamedFile(gpx))));
  return { track, ...(seed === undefined ? {} : { seed }) };
}
