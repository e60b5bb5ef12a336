import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { Clock } from '@mkiot/core/clock/clock';
import { formatDeviceFilter, parseDeviceTopic } from '@mkiot/core/contract/deviceTopics';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { boardError } from './boardErrors.ts';
import type { OpenStream } from './connection/byteStream.ts';
import type { SessionEnd } from './connection/connectionLoop.ts';
import { MqttClient } from './connection/mqttClient.ts';
import { MQTT_CLIENT_SETTINGS, type MqttClientSettings } from './connection/mqttClientOptions.ts';
import { MQTT_VERSIONS, type MqttVersion } from './connection/mqttVersion.ts';
import { Deadline } from './deadline.ts';
import type { Emit } from './deviceEvents.ts';
import type { DeviceIdentity } from './identity.ts';
import type { Login } from './login/login.ts';
import { Renewal } from './login/renewal.ts';
import type { Outbox } from './outbox/outbox.ts';
import { sendOutbox } from './outbox/outboxSender.ts';

/** Times in milliseconds. */
export interface SessionSettings extends MqttClientSettings {
  readonly mqttVersion: MqttVersion;
  /** From the first packet on the network to the CONNACK. */
  readonly connectTimeoutMs: number;
  /** How long a device that ends its session itself waits for the last acknowledgements. */
  readonly farewellMs: number;
}

export const SESSION_SETTINGS: SessionSettings = {
  ...MQTT_CLIENT_SETTINGS,
  mqttVersion: '3.1.1',
  connectTimeoutMs: 30_000,
  farewellMs: 5_000,
};

export interface SessionOptions {
  readonly identity: DeviceIdentity;
  readonly login: Login;
  readonly openStream: OpenStream;
  readonly clock: Clock;
  readonly random: RandomFill;
  readonly settings: SessionSettings;
  readonly outbox: Outbox;
  readonly emit: Emit;
  /** A config or a command; see `MqttConnectOptions` for what it may do. */
  readonly onMessage: (topic: string, payload: Uint8Array) => Promise<boolean>;
  /** The session is open and subscribed. The function that is returned is called when it is not any more. */
  readonly opened: (client: MqttClient) => () => void;
}

/**
 * One session of a device: login, subscriptions, then the outbox, with renewals, until the connection ends, the session
 * has to make way for a new one, or `signal` is aborted. Never rejects.
 */
export async function runSession(options: SessionOptions, signal: AbortSignal): Promise<SessionEnd> {
  const { clock, login, settings } = options;
  const current: { renewal?: Renewal } = {};
  let isBetterAtOnce = false;
  const receive = (topic: string, payload: Uint8Array): Promise<boolean> =>
    receiveMessage(options, current.renewal, topic, payload);
  let client: MqttClient;
  try {
    client = await logIn(options, receive, (better) => (isBetterAtOnce = better), signal);
  } catch (error) {
    return { heldMs: 0, error: isBetterAtOnce ? undefined : asMkiotError(error) };
  }
  login.accepted();
  const renewal = new Renewal({ ...options, client, timeoutMs: settings.connectTimeoutMs });
  current.renewal = renewal;
  const openedMs = clock.monotonic();
  const error = await useSession(options, client, renewal, signal);
  return { heldMs: clock.monotonic() - openedMs, error };
}

async function logIn(
  options: SessionOptions,
  onMessage: SessionOptions['onMessage'],
  onRefused: (isBetterAtOnce: boolean) => void,
  signal: AbortSignal,
): Promise<MqttClient> {
  const { clock, identity, login, settings } = options;
  const { connectTimeoutMs, mqttVersion } = settings;
  using deadline = new Deadline(clock, connectTimeoutMs);
  const giveUp = AbortSignal.any([signal, deadline.signal]);
  try {
    const stream = await options.openStream(giveUp);
    const common = { stream, clock, settings, clientId: identity.clientId, protocolLevel: MQTT_VERSIONS[mqttVersion] };
    const proof = await login.prove(stream.binding);
    return await MqttClient.connect(
      { ...common, proof, onMessage, onRefused: (code, properties) => onRefused(login.refused(code, properties)) },
      giveUp,
    );
  } catch (error) {
    throw deadline.signal.aborted ? boardError('CONNECT_TIMED_OUT', { timeoutMs: connectTimeoutMs }, error) : error;
  }
}

/** What the server says about the login is the session's own matter. */
async function receiveMessage(
  { identity, login, emit, onMessage }: SessionOptions,
  renewal: Renewal | undefined,
  topic: string,
  payload: Uint8Array,
): Promise<boolean> {
  const { device, kind } = parseDeviceTopic(topic) ?? {};
  if (device !== identity.name.device || (kind !== 'nonce' && kind !== 'session')) return onMessage(topic, payload);
  try {
    if (kind === 'nonce') await login.receiveTicket(utf8Decode(payload));
    else renewal?.receiveNotice(payload);
    return true;
  } catch (cause) {
    // The ticket before this one stays good as long as nothing is acknowledged.
    emit({ type: 'storageFailed', cause });
    return false;
  }
}

/** Resolves with why the session ended, or with nothing when this device ended it. */
async function useSession(
  options: SessionOptions,
  client: MqttClient,
  renewal: Renewal,
  signal: AbortSignal,
): Promise<MkiotError | undefined> {
  const { clock, settings } = options;
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  const serving = serve(options, client, renewal, end);
  const renewing = renewal.run(end);
  let error: MkiotError | undefined;
  try {
    error = (await Promise.race([client.ended, serving, renewing])) ?? undefined;
  } catch (cause) {
    error = asMkiotError(cause);
  }
  over.abort();
  // What is in flight is waited for, so that a session which ends as planned repeats no message.
  using farewell = new Deadline(clock, settings.farewellMs);
  await client.disconnect(farewell.signal);
  // Only when nothing of this session runs any more may the next one begin.
  await Promise.allSettled([serving, renewing]);
  return error;
}

async function serve(
  options: SessionOptions,
  client: MqttClient,
  renewal: Renewal,
  signal: AbortSignal,
): Promise<MkiotError | undefined> {
  const { outbox, clock, emit, identity } = options;
  const { device } = identity.name;
  await client.subscribe([formatDeviceFilter(device, 'config'), formatDeviceFilter(device, 'commands')]);
  const closed = options.opened(client);
  // Why this could fail is told by the end of the session.
  const subscribing = renewal.subscribe().catch(() => undefined);
  try {
    await sendOutbox({ outbox, client, clock, device, emit }, signal);
    await subscribing;
    return signal.aborted ? undefined : await client.ended;
  } finally {
    closed();
  }
}

/** What went wrong, as an error that says so. */
export function asMkiotError(error: unknown): MkiotError {
  return error instanceof MkiotError ? error : boardError('CONNECTION_BROKEN', { detail: String(error) }, error);
}
