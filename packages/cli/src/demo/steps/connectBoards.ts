import type { ServerAddress } from '@mkiot/board/node/tlsStream';
import type { DemoBoard } from '../demoBoard.ts';
import type { Tell } from '../demoReport.ts';
import type { OperatorLog } from '../operatorLog.ts';

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
  for (const board of boards) {
    const entry = await log.entries.first(`The log line of ${board.id}`, from, (line) => {
      return line['msg'] === 'device connected' && line['device'] === board.id;
    });
    tell(
      `${board.id}: TLS checked against the authority, token signed with its own key, session ${String(entry['session'])}`,
    );
  }
}
