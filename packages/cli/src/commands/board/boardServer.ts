import type { ServerAddress } from '@mkiot/board/node/tlsStream';
import { readAuthorityCertificate } from '@mkiot/server/certificates/certificateAuthority';
import { dataFolderPaths } from '@mkiot/server/dataFolder/dataFolderPaths';
import type { Cli } from '../../cli.ts';
import { readAuthority } from '../../connection/authorityFile.ts';
import type { Connection } from '../../connection/connect.ts';
import { hostOf } from '../../connection/serverUrl.ts';
import { dataFolderOf } from '../../dataFolderOf.ts';
import { readListening } from '../../platform/listening.ts';
import { usageError } from '../../usageErrors.ts';

const MQTT_PORT = 8883;

/** Where the API is; without `url` on this machine. */
type ApiPlace = Pick<Connection, 'url' | 'ca'>;

/**
 * Where boards find their MQTT bridge, and whom they trust: what `--mqtt` and `--ca` say, else what the API's server
 * implies.
 *
 * @param connection undefined: the API is not asked
 * @throws `BOARD_NEEDS_SERVER`
 */
export async function boardServer(cli: Cli, mqtt: string | undefined, connection?: ApiPlace): Promise<ServerAddress> {
  const place = mqtt === undefined ? await placeOf(cli, connection) : parsePlace(mqtt);
  const caPem = cli.options.ca === undefined ? await authorityOf(cli, connection) : await readAuthority(cli.options.ca);
  if (place === undefined || caPem === undefined) throw usageError('BOARD_NEEDS_SERVER');
  return { ...place, caPem };
}

/** Where the API of the platform is, for boards that ask it for a challenge; undefined where it is not known. */
export async function boardApiUrl(cli: Cli, connection: ApiPlace): Promise<string | undefined> {
  if (connection.url !== undefined) return connection.ca === undefined ? undefined : connection.url.origin;
  const listening = await readListening(dataFolderOf(cli.options, cli.ports));
  return listening === undefined ? undefined : `https://127.0.0.1:${listening.https}`;
}

type Place = Pick<ServerAddress, 'host' | 'port'>;

function parsePlace(text: string): Place {
  const url = URL.canParse(`mqtts://${text}`) ? new URL(`mqtts://${text}`) : undefined;
  if (url === undefined || url.host !== text.toLowerCase() || url.port === '') {
    throw usageError('ARGUMENT_WRONG', {
      argument: '--mqtt',
      value: text,
      allowed: 'HOST:PORT, such as iot.local:8883',
    });
  }
  return { host: hostOf(url), port: Number(url.port) };
}

async function placeOf(cli: Cli, connection: ApiPlace | undefined): Promise<Place | undefined> {
  if (connection === undefined) return undefined;
  if (connection.url !== undefined) return { host: hostOf(connection.url), port: MQTT_PORT };
  const listening = await readListening(dataFolderOf(cli.options, cli.ports));
  return { host: '127.0.0.1', port: listening?.mqtt ?? MQTT_PORT };
}

async function authorityOf(cli: Cli, connection: ApiPlace | undefined): Promise<string | undefined> {
  if (connection === undefined || connection.url !== undefined) return connection?.ca;
  return readAuthorityCertificate(dataFolderPaths(dataFolderOf(cli.options, cli.ports)));
}
