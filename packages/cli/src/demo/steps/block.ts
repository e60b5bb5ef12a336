import type { ApiClient } from '@mkiot/core/api/client';
import type { DemoBoard } from '../demoBoard.ts';
import type { DemoPorts } from '../demoPorts.ts';
import { expectEqual } from '../demoErrors.ts';
import type { Tell } from '../demoReport.ts';
import type { OperatorLog } from '../operatorLog.ts';

/** What the platform promises. */
const WITHIN_MS = 1_000;

/** Blocks a board that is connected, and measures how long its session lives on. */
export async function blockStep(
  tell: Tell,
  provisioner: ApiClient,
  board: DemoBoard,
  log: OperatorLog,
  { clock }: DemoPorts,
): Promise<void> {
  const [from, logFrom] = [board.events.length, log.entries.length];
  const blockedMs = clock.monotonic();
  const answered = provisioner.devices.update(board.name, { blocked: true }, ['blocked']);
  await board.event('disconnected', from);
  const tookMs = clock.monotonic() - blockedMs;
  await answered;
  expectEqual(`Cut within ${WITHIN_MS} ms`, tookMs < WITHIN_MS, true);
  const entry = await log.entries.first('The cut in the log', logFrom, ({ msg, device }) => {
    return msg === 'device disconnected' && device === board.id;
  });
  tell(`${board.id} was cut ${tookMs.toFixed(1)} ms after the call was made; the log says ${String(entry['code'])}`);

  const { presence } = await provisioner.devices.get(board.name);
  expectEqual('Shown as connected', presence?.connected, false);
  tell(`shown as gone since ${presence?.sinceTime}: ${presence?.lastDisconnect?.message}`);

  const { error } = await board.event('retrying', from, (event) => event.error.code === 'CONNECT_REFUSED');
  tell(`its next login: ${error.message}`);
  await board.stop();
}
