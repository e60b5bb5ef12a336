import type { ServerAddress } from '@mkiot/board/node/tlsStream';
import type { DemoBoard } from '../demoBoard.ts';
import { type Tell, tellSome } from '../demoReport.ts';
import type { LogEntry, OperatorLog } from '../operatorLog.ts';

/** Switches the boards on, each on its own way to the platform. */
export async function connectBoardsStep(
  tell: Tell,
  boards: readonly DemoBoard[],
  wayOf: (board: DemoBoard) => ServerAddress,
  log: OperatorLog,
): Promise<void> {
  const from = log.entries.length;
  for (const board of boards) board.start(wayOf(board));
  await Promise.all(boards.map((board) => board.event('connected', 0)));
  const sessions = await Promise.all(
    boards.map(async ({ id }) => {
      const isLogin = ({ msg, device }: LogEntry): boolean => msg === 'device connected' && device === id;
      return { id, session: (await log.entries.first(`The log line of ${id}`, from, isLogin))['session'] };
    }),
  );
  tellSome(
    tell,
    sessions,
    ({ id, session }) => `${id}: TLS checked, token signed with its own key, session ${String(session)}`,
  );
}
