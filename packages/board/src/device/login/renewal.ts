// docs/protocol.md, "Renewal inside the session".
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { type Clock, delay } from '@mkiot/core/clock/clock';
import { formatDeviceFilter, formatDeviceTopic } from '@mkiot/core/contract/deviceTopics';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { parseSessionNotice } from '@mkiot/core/deviceLogin/sessionNotice';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { MqttClient } from '../connection/mqttClient.ts';
import type { Emit } from '../deviceEvents.ts';
import type { DeviceIdentity } from '../identity.ts';
import type { Login } from './login.ts';

export interface RenewalOptions {
  readonly client: MqttClient;
  readonly clock: Clock;
  readonly random: RandomFill;
  readonly identity: DeviceIdentity;
  readonly login: Login;
  readonly emit: Emit;
  /** How long the server may take to renew. */
  readonly timeoutMs: number;
}

/**
 * Keeps one session from ending: before its end the device proves itself again, by challenge where it came in so, else with
 * a new token on its own topic, if the server offers that.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  #endsInMs: number | undefined;
  #byToken = false;
  #answer: PromiseWithResolvers<boolean> | undefined;
  /** Resolves when the server has told when the session ends. */
  #told = Promise.withResolvers<void>();

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#endsInMs = options.client.login.sessionEndsInMs;
  }

  /** Asks the server for tickets and for word of the session's end, where it has them. */
  async subscribe(): Promise<void> {
    const { client, identity } = this.#options;
    if (client.renewable) return;
    const [nonce, session] = (['nonce', 'session'] as const).map((kind) =>
      formatDeviceFilter(identity.name.device, kind),
    );
    const granted = await client.subscribeToOffered([nonce ?? '', session ?? '']);
    this.#byToken = granted.has(session ?? '');
  }

  /** Renews the session again and again; resolves when it cannot be renewed and has to make way for a new one. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, identity, client, emit } = this.#options;
    while (!signal.aborted) {
      await this.#waitToRenew(() => identity.renewAfterMs(random, this.#endsInMs), signal);
      if (signal.aborted || !(client.renewable || this.#byToken)) return;
      const timeout = new AbortController();
      const gaveUp = delay(clock, this.#options.timeoutMs, AbortSignal.any([signal, timeout.signal])).then(() => false);
      const renewed = await Promise.race([client.renewable ? this.#challenge() : this.#token(), gaveUp]);
      timeout.abort();
      if (!renewed) return;
      emit({ type: 'renewed', endsInMs: this.#endsInMs });
    }
  }

  /** A message on the device's `session` topic. What cannot be read is not from a server that renews sessions. */
  receiveNotice(payload: Uint8Array): void {
    const notice = parseSessionNotice(payload);
    if (notice instanceof MkiotError) return;
    this.#endsInMs = notice.endsInMs;
    this.#told.resolve();
    if (notice.session !== 'open') this.#answer?.resolve(notice.session === 'renewed');
  }

  /** Waits by what is known of the end, and anew when the server says another. */
  async #waitToRenew(waitMs: () => number, signal: AbortSignal): Promise<void> {
    for (let told = true; told && !signal.aborted;) {
      this.#told = Promise.withResolvers();
      const over = new AbortController();
      const waiting = delay(this.#options.clock, waitMs(), AbortSignal.any([signal, over.signal])).then(() => false);
      told = await Promise.race([waiting, this.#told.promise.then(() => true)]);
      over.abort();
    }
  }

  async #challenge(): Promise<boolean> {
    const { sessionEndsInMs } = await this.#options.client.renew();
    this.#endsInMs = sessionEndsInMs;
    return true;
  }

  async #token(): Promise<boolean> {
    const { client, identity, login } = this.#options;
    this.#answer = Promise.withResolvers();
    const topic = formatDeviceTopic({ device: identity.name.device, kind: 'token', subfolder: '' });
    const publication = await client.publish(topic, utf8Encode(await login.token()), false);
    return publication !== undefined && (await this.#answer.promise);
  }
}
