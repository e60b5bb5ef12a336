import type { DeviceEvent } from '@mkiot/board/device/deviceEvents';
import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';

/** What a board tells with this type; a member of the union may have several types. */
export type EventOf<Type, Event = DeviceEvent> = Event extends { type: infer Types }
  ? Type extends Types
    ? Event
    : never
  : never;

/** How the device showed that its login is fresh; by the clock goes without saying. */
const LOGIN_WORDS = {
  challenge: ', by challenge',
  refusalChallenge: ', by the challenge of a refusal',
  askedChallenge: ', by a challenge that it asked for',
  ticket: ', by ticket',
  clock: '',
} as const;

type Words = { readonly [Type in DeviceEvent['type']]: (event: EventOf<Type>) => string };

/** What a board tells, in words. */
const WORDS: Words = {
  booted: ({ boot, firmwareVersion }) => `booted, start ${boot} of firmware ${firmwareVersion}`,
  enrolled: ({ deviceNumId }) => `enrolled with its ticket, as device ${deviceNumId}`,
  enrolmentRefused: ({ error }) => error.message,
  connected: ({ reconnects, login }) =>
    `connected${reconnects === 0 ? '' : ` again, reconnect ${reconnects}`}${LOGIN_WORDS[login]}`,
  renewed: ({ endsInMs }) => `session renewed${endsInMs === undefined ? '' : `, ends in ${seconds(endsInMs)}`}`,
  disconnected: ({ heldMs, error }) => `disconnected after ${seconds(heldMs)}${error ? `: ${error.message}` : ''}`,
  retrying: ({ delayMs, error }) => `tries again in ${seconds(delayMs)}: ${error.message}`,
  published: ({ sequence, subfolder, payload }) => `sent ${sequence} to events/${subfolder} ${utf8Decode(payload)}`,
  acknowledged: ({ sequence, latencyMs }) => `${sequence} acknowledged after ${latencyMs.toFixed(1)} ms`,
  heartbeat: ({ payload }) => `heartbeat ${utf8Decode(payload)}`,
  state: ({ payload }) => `state ${utf8Decode(payload)}`,
  configApplied: ({ bytes }) => `config of ${bytes} bytes applied`,
  configRefused: ({ error }) => `config refused: ${error.message}`,
  command: ({ command, error }) => `command ${command} ${error ? `refused: ${error.message}` : 'carried out'}`,
  identify: ({ durationMs }) => `blinks for ${seconds(durationMs)}`,
  sensorFailed: ({ sensor }) => `sensor ${sensor} fails`,
  sensorRecovered: ({ sensor }) => `sensor ${sensor} works again`,
  dropped: ({ count }) => `outbox full: the ${count} oldest messages are gone`,
  outboxDamaged: ({ lostBytes }) => `outbox was damaged: ${lostBytes} bytes are lost`,
  storageFailed: ({ cause }) => `storage fails: ${String(cause)}`,
};

/** What happened to a board, for a person. */
export function boardEventText(event: DeviceEvent): string {
  const words = WORDS[event.type] as (event: DeviceEvent) => string;
  return words(event);
}

/** What happened to a board, for a program: payloads are the text that boards send, errors their code and sentence. */
export function boardEventJson(event: DeviceEvent): object {
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [name, jsonOf(value)]));
}

function jsonOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return utf8Decode(value);
  if (value instanceof MkiotError) return { code: value.code, message: value.message };
  return value instanceof Error ? String(value) : value;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(1)} s`;
}
