import type { ApiClient } from '@mkiot/core/api/client';
import type { DeviceState } from '@mkiot/core/api/resources';
import { base64Decode } from '@mkiot/core/bytes/base64';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { DemoBoard } from '../demoBoard.ts';
import type { DemoPorts } from '../demoPorts.ts';
import { type Tell, tellSome } from '../demoReport.ts';
import { until } from '../until.ts';

/** What the boards are to do in the demo: measure often, and say the battery's voltage only when it has changed. */
const CONFIG = {
  intervalMs: 100,
  heartbeatIntervalMs: 5_000,
  sensors: { battery: { preprocessing: [{ kind: 'deadBand', delta: 0.01 }] } },
};

/** Sends every board a config and follows it: to the board, its acknowledgement, and back in the board's state. */
export async function configureStep(
  tell: Tell,
  admin: ApiClient,
  boards: readonly DemoBoard[],
  ports: DemoPorts,
): Promise<void> {
  tell(`config ${JSON.stringify(CONFIG)}`);
  const journeys = [];
  for (const board of boards) journeys.push(await configure(admin, board, ports));
  tellSome(tell, journeys, ({ id, version, appliedMs, deviceAckTime }) => {
    return `${id}: version ${version} applied after ${appliedMs} ms, deviceAckTime ${deviceAckTime}`;
  });
  for (const board of boards) {
    await until(
      ports,
      `The config in the state of ${board.id}`,
      () => admin.devices.states(board.name),
      ([newest]) => newest !== undefined && includes(configOf(newest), CONFIG),
    );
  }
  tell('the state of each board, read through the API, has this config in force');
}

/** A demo that stays up for days must not fill the disk. */
export async function calmDown(admin: ApiClient, boards: readonly DemoBoard[]): Promise<void> {
  const config = utf8Encode(JSON.stringify({ ...CONFIG, intervalMs: 5_000 }));
  for (const board of boards) await admin.devices.modifyConfig(board.name, config);
}

async function configure(admin: ApiClient, board: DemoBoard, ports: DemoPorts) {
  const sentMs = ports.clock.monotonic();
  const from = board.events.length;
  const { version } = await admin.devices.modifyConfig(board.name, utf8Encode(JSON.stringify(CONFIG)));
  await board.event('configApplied', from);
  const appliedMs = Math.round(ports.clock.monotonic() - sentMs);
  const [newest] = await until(
    ports,
    `The acknowledgement of version ${version}`,
    () => admin.devices.configVersions(board.name),
    ([config]) => config?.version === version && config.deviceAckTime !== undefined,
  );
  return { id: board.id, version, appliedMs, deviceAckTime: newest?.deviceAckTime };
}

function configOf(state: DeviceState): unknown {
  const bytes = base64Decode(state.binaryData) ?? new Uint8Array(0);
  return (JSON.parse(utf8Decode(bytes)) as { config?: unknown }).config;
}

/** The state has every default written out, so it has more members than what was sent. */
function includes(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return whole === part;
  return Object.entries(part).every(([name, value]) => includes(Object(whole)[name] as unknown, value));
}
