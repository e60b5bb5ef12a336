import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { CommandOutcome } from './commands.ts';
import type { DeviceConfig } from './deviceConfig.ts';

/** Why the firmware runs: the device got power, or a command told it to start again. */
export type BootReason = 'power' | 'command';

export interface DeviceState {
  /** Wall-clock time by the device's own clock, milliseconds since 1970. */
  readonly timeMs: number;
  readonly firmwareVersion: string;
  readonly boot: { readonly count: number; readonly reason: BootReason };
  /** How often the sensors are read now; a command may have set it to something else than the config did. */
  readonly intervalMs: number;
  /** The config that is in force, with every default written out. */
  readonly config: DeviceConfig;
  /** Why the newest config is not in force. */
  readonly configError: MkiotError | undefined;
  readonly commandsReceived: number;
  /** The last ones, oldest first. */
  readonly commands: readonly ReceivedCommand[];
  readonly sensors: readonly { readonly name: string; readonly unit: string; readonly works: boolean }[];
}

export interface ReceivedCommand {
  readonly timeMs: number;
  readonly outcome: CommandOutcome;
}

/** The payload of a state report. */
export function statePayload(state: DeviceState): Uint8Array {
  const { firmwareVersion, boot, intervalMs, config, configError, sensors } = state;
  return utf8Encode(
    JSON.stringify({
      time: formatTime(state.timeMs),
      firmwareVersion,
      boot,
      intervalMs,
      config,
      configError: configError && errorMember(configError),
      commands: { received: state.commandsReceived, last: state.commands.map(commandMember) },
      sensors: Object.fromEntries(sensors.map(({ name, unit, works }) => [name, { unit, works }])),
    }),
  );
}

function commandMember({ timeMs, outcome: { command, id, result } }: ReceivedCommand): object {
  const answer = result instanceof MkiotError ? { error: errorMember(result) } : { result };
  return { time: formatTime(timeMs), command, id, ...answer };
}

function errorMember({ code, message }: MkiotError): object {
  return { code, message };
}

function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
