import type { ApiClient } from '@mkiot/core/api/client';
import type { ServerAddress } from '@mkiot/board/node/tlsStream';
import { createDeviceKey } from '@mkiot/board/node/deviceKey';
import { DemoBoard } from '../demoBoard.ts';
import type { DemoPorts } from '../demoPorts.ts';
import type { Tell } from '../demoReport.ts';
import type { OperatorLog } from '../operatorLog.ts';

/** Lets an impostor log in: the name of a board, but a key of its own. */
export async function wrongKeyStep(
  tell: Tell,
  admin: ApiClient,
  board: DemoBoard,
  server: ServerAddress,
  log: OperatorLog,
  ports: DemoPorts,
): Promise<void> {
  await using impostor = new DemoBoard(board.name, `${board.folder}-impostor`, ports);
  await createDeviceKey(impostor.folder);
  const [from, boardFrom] = [log.entries.length, board.events.length];
  impostor.start(server);
  const { error } = await impostor.event('retrying', 0);
  tell(`the impostor learns: ${error.message}`);
  const refused = await log.entries.first('The refusal in the log', from, ({ msg, device }) => {
    return String(msg).startsWith('login refused') && device === board.id;
  });
  tell(`the operator's log says: ${String(refused['code'])}, ${String(refused['msg'])}`);
  for await (const { remoteAddress, count, code } of admin.devices.failedLogins(board.name)) {
    tell(`the failed logins under its name: ${count} from ${remoteAddress}, ${code}`);
  }
  await board.event('acknowledged', boardFrom);
  tell(`the true ${board.id} goes on as if nothing had been`);
}
