import type { ServerAddress } from '@mkiot/board/node/tlsStream';
import { formatDeviceName, parseDeviceName } from '@mkiot/core/contract/resourceNames';
import type { Cli } from '../../cli.ts';
import { usageError } from '../../usageErrors.ts';
import { boardApiUrl, boardServer } from './boardServer.ts';

/** What a board knows that will enrol itself with a ticket. */
export interface TicketBoard {
  readonly deviceName: string;
  readonly server: ServerAddress;
  /** `https://HOST:PORT` */
  readonly apiUrl: string;
}

/**
 * Who a board with a ticket is to be, and where its platform is. No login is needed; elsewhere than on the platform's machine nothing
 * completes a short name then.
 *
 * @throws `BOARD_NAME_SHORT`, `BOARD_NEEDS_SERVER`, `BOARD_NEEDS_API`
 */
export function ticketBoard(cli: Cli, name: string, mqtt: string | undefined): Promise<TicketBoard> {
  return cli.withPublicServer(async (connection) => {
    const isWhole = parseDeviceName(name) !== undefined;
    if (!isWhole && connection.url !== undefined) throw usageError('BOARD_NAME_SHORT', { name });
    const deviceName = isWhole
      ? name
      : await cli.withServer(({ names }) => Promise.resolve(formatDeviceName(names.device(name))));
    const apiUrl = await boardApiUrl(cli, connection);
    if (apiUrl === undefined || !apiUrl.startsWith('https:')) throw usageError('BOARD_NEEDS_API');
    return { deviceName, server: await boardServer(cli, mqtt, connection), apiUrl };
  });
}
