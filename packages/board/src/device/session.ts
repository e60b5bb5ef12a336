import { type Clock, delay } from '@mkiot/core/clock/clock';
import { formatDeviceFilter } from '@mkiot/core/contract/deviceTopics';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { boardError } from './boardErrors.ts';
import type { OpenStream } from './connection/byteStream.ts';
import type { SessionEnd } from './connection/connectionLoop.ts';
import { MQTT_CLIENT_SETTINGS, MqttClient, type MqttClientSettings } from './connection/mqttClient.ts';
import { Deadline } from './deadline.ts';
import type { Emit } from './deviceEvents.ts';
import type { DeviceIdentity } from './identity.ts';
import type { Outbox } from './outbox/outbox.ts';
import { sendOutbox } from './outbox/outboxSender.ts';

/** Times in milliseconds. */
export interface SessionSettings extends MqttClientSettings {
  /** From the first packet on the network to the CONNACK. */
  readonly connectTimeoutMs: number;
  /** How long a device that ends its session itself waits for the last acknowledgements. */
  readonly farewellMs: number;
}

export const SESSION_SETTINGS: SessionSettings = {
  ...MQTT_CLIENT_SETTINGS,
  connectTimeoutMs: 30_000,
  farewellMs: 5_000,
};

export interface SessionOptions {
  readonly identity: DeviceIdentity;
  readonly openStream: OpenStream;
  readonly clock: Clock;
  readonly random: RandomFill;
  readonly settings: SessionSettings;
  readonly outbox: Outbox;
  readonly emit: Emit;
  /** A config or a command; see `MqttConnectOptions` for what it may do. */
  readonly onMessage: (topic: string, payload: Uint8Array) => Promise<void>;
  /** The session is open and subscribed. The function that is returned is called when it is not any more. */
  readonly opened: (client: MqttClient) => () => void;
}

/**
 * One session of a device: a new token, login, subscriptions, then the outbox, until the connection ends, the token has
 * to be renewed, or `signal` is aborted. Never rejects.
 */
export async function runSession(options: SessionOptions, signal: AbortSignal): Promise<SessionEnd> {
  const { clock } = options;
  let client: MqttClient;
  try {
    client = await logIn(options, signal);
  } catch (error) {
    return { heldMs: 0, error: asMkiotError(error) };
  }
  const openedMs = clock.monotonic();
  const error = await useSession(options, client, signal);
  return { heldMs: clock.monotonic() - openedMs, error };
}

async function logIn(options: SessionOptions, signal: AbortSignal): Promise<MqttClient> {
  const { clock, identity, settings, onMessage } = options;
  const { connectTimeoutMs } = settings;
  using deadline = new Deadline(clock, connectTimeoutMs);
  const giveUp = AbortSignal.any([signal, deadline.signal]);
  try {
    const password = await identity.createToken(clock);
    const stream = await options.openStream(giveUp);
    return await MqttClient.connect(
      { stream, clock, settings, clientId: identity.clientId, password, onMessage },
      giveUp,
    );
  } catch (error) {
    throw deadline.signal.aborted ? boardError('CONNECT_TIMED_OUT', { timeoutMs: connectTimeoutMs }, error) : error;
  }
}

/** Resolves with why the session ended, or with nothing when this device ended it. */
async function useSession(
  options: SessionOptions,
  client: MqttClient,
  signal: AbortSignal,
): Promise<MkiotError | undefined> {
  const { clock, identity, random, settings } = options;
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  const serving = serve(options, client, end);
  const renewal = delay(clock, identity.renewAfterMs(random), end);
  let error: MkiotError | undefined;
  try {
    error = (await Promise.race([client.ended, serving, renewal])) ?? undefined;
  } catch (cause) {
    error = asMkiotError(cause);
  }
  over.abort();
  // What is in flight is waited for, so that a session which ends as planned repeats no message.
  using farewell = new Deadline(clock, settings.farewellMs);
  await client.disconnect(farewell.signal);
  // Only when nothing of this session runs any more may the next one begin.
  await Promise.allSettled([serving]);
  return error;
}

async function serve(
  options: SessionOptions,
  client: MqttClient,
  signal: AbortSignal,
): Promise<MkiotError | undefined> {
  const { outbox, clock, emit, identity } = options;
  const { device } = identity.name;
  await client.subscribe([formatDeviceFilter(device, 'config'), formatDeviceFilter(device, 'commands')]);
  const closed = options.opened(client);
  try {
    await sendOutbox({ outbox, client, clock, device, emit }, signal);
    return signal.aborted ? undefined : await client.ended;
  } finally {
    closed();
  }
}

function asMkiotError(error: unknown): MkiotError {
  return error instanceof MkiotError ? error : boardError('CONNECTION_BROKEN', { detail: String(error) }, error);
}
