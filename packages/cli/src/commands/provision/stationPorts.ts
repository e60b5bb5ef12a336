import { rehearse } from '@mkiot/board/chip/rehearse';
import { webInstallCrypto } from '@mkiot/core/keyInstall/webInstallCrypto';
import type { StationPorts } from '@mkiot/esp32/station/job';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { version } from '@mkiot/server/platform/version';
import type { Cli } from '../../cli.ts';
import type { CliPorts } from '../../ports.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { RecordQueue } from './registration/recordQueue.ts';
import { Registrar, type WithPublicApi } from './registration/registrar.ts';
import type { UnitWork } from './unitOptions.ts';
import { unitBookIn } from './unitBookFolder.ts';

/** What the station needs of this computer, whichever unit is on its bench. */
export type BenchPorts = Omit<StationPorts, 'serial' | 'confirm' | 'onProgress' | 'register'>;

export function benchPorts(
  { bookFolder }: Pick<UnitWork, 'bookFolder'>,
  { ports: { clock, random, signal } }: { readonly ports: Pick<CliPorts, 'clock' | 'random' | 'signal'> },
): BenchPorts {
  return {
    clock,
    aes: nodeAes,
    random,
    crypto: webInstallCrypto,
    book: bookFolder === undefined ? memoryUnitBook() : unitBookIn(bookFolder),
    tool: version,
    stop: signal,
    rehearse: (state, work) => rehearse(state, clock, work),
  };
}

/**
 * Who sends the records of a station, and keeps them while the server is away. The server is the one that options or variables
 * name, else the one where the station was enrolled.
 *
 * @returns undefined where nothing is to be registered
 * @param note takes what a person should know of units that are not on the bench
 */
export function registrarOf({ station }: UnitWork, cli: Cli, note: (line: string) => void): Registrar | undefined {
  if (station === undefined) return undefined;
  const { enrolledAt } = station.credential;
  const queue = new RecordQueue(`${station.name}.queue`);
  const withApi: WithPublicApi = (work) => cli.withPublicServer(({ api }) => work(api), enrolledAt);
  return new Registrar({ withApi, queue, clock: cli.ports.clock, note });
}
