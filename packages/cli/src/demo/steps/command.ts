import type { ApiClient } from '@mkiot/core/api/client';
import type { DeviceState } from '@mkiot/core/api/resources';
import { base64Decode } from '@mkiot/core/bytes/base64';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { DemoBoard } from '../demoBoard.ts';
import type { DemoPorts } from '../demoPorts.ts';
import type { Tell } from '../demoReport.ts';
import { until } from '../until.ts';

/** Sends a board a command, and reads its answer in the board's state. */
export async function commandStep(tell: Tell, admin: ApiClient, board: DemoBoard, ports: DemoPorts): Promise<void> {
  const command = { command: 'ping', id: `demo-${ports.clock.now()}` };
  const sentMs = ports.clock.monotonic();
  await admin.devices.sendCommand(board.name, utf8Encode(JSON.stringify(command)));
  tell(
    `${JSON.stringify(command)}: acknowledged by ${board.id} after ${(ports.clock.monotonic() - sentMs).toFixed(1)} ms`,
  );

  let answer: Answer | undefined;
  await until(
    ports,
    `The answer of ${board.id}`,
    async () => (answer = answerIn(await admin.devices.states(board.name), command.id)),
    (found) => found !== undefined,
  );
  tell(`its state has the answer: ${JSON.stringify(answer)}`);
}

interface Answer {
  readonly id?: string;
}

function answerIn([newest]: readonly DeviceState[], id: string): Answer | undefined {
  const bytes = base64Decode(newest?.binaryData ?? '') ?? new Uint8Array(0);
  if (bytes.length === 0) return undefined;
  const { commands } = JSON.parse(utf8Decode(bytes)) as { commands?: { last?: readonly Answer[] } };
  return commands?.last?.find((answer) => answer.id === id);
}
