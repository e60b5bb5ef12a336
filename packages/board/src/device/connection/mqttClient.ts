import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Clock } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { CONNACK_RETURN_CODES, type ConnackPacket } from '@mkiot/core/mqtt/connack';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import type { PublishPacket } from '@mkiot/core/mqtt/publish';
import { SUBACK_FAILURE, type SubackReturnCode } from '@mkiot/core/mqtt/suback';
import { boardError } from '../boardErrors.ts';
import { AwaitedAnswers } from './awaitedAnswers.ts';
import type { ByteStream } from './byteStream.ts';
import { KeepAlive } from './keepAlive.ts';

/** Times in milliseconds. */
export interface MqttClientSettings {
  /** Whole seconds. IoT Core advises a minute or more. */
  readonly keepAliveMs: number;
  readonly pingTimeoutMs: number;
  /** How long a PUBLISH at QoS 1 or a SUBSCRIBE may stay without answer before the connection is given up. */
  readonly answerTimeoutMs: number;
  /** How many packets may wait for their answer at once. */
  readonly maxInFlight: number;
}

export const MQTT_CLIENT_SETTINGS: MqttClientSettings = {
  keepAliveMs: 60_000,
  pingTimeoutMs: 10_000,
  answerTimeoutMs: 60_000,
  maxInFlight: 32,
};

export interface MqttConnectOptions {
  readonly stream: ByteStream;
  readonly clock: Clock;
  readonly settings: MqttClientSettings;
  readonly clientId: string;
  readonly password: string;
  /**
   * One message of a subscription. The next one is not read, and this one not acknowledged, before the promise resolves,
   * so it must not wait for anything from the server. `payload` is a view that ends with the call: copy what is kept.
   */
  readonly onMessage: (topic: string, payload: Uint8Array) => Promise<void>;
}

/** A message that has been handed to the network. */
export interface Publication {
  /** Monotonic milliseconds. */
  readonly sentMs: number;
  /** True at the PUBACK; false when the session ended first, and then nobody knows whether it arrived. */
  readonly acknowledged: Promise<boolean>;
}

type Answer =
  | { readonly to: 'PUBLISH'; readonly settle: (acknowledged: boolean) => void }
  | {
      readonly to: 'SUBSCRIBE';
      readonly granted: (codes: readonly SubackReturnCode[]) => void;
      readonly failed: (error: MkiotError) => void;
    };

/** Longest packet that a server of the contract sends: a command, with its topic. */
const MAX_PACKET_BYTES = LIMITS.commandBytes + 1_024;

/** One session of an MQTT 3.1.1 client over an open stream. It begins with `connect` and does not come back. */
export class MqttClient {
  /** Resolves when the session has ended, with the reason. Never rejects. */
  readonly ended: Promise<MkiotError>;
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #onMessage: MqttConnectOptions['onMessage'];
  readonly #settings: MqttClientSettings;
  readonly #parser = new PacketParser({ from: 'SERVER', maxPacketBytes: MAX_PACKET_BYTES });
  readonly #answers: AwaitedAnswers<Answer>;
  readonly #keepAlive: KeepAlive;
  readonly #accepted = Promise.withResolvers<void>();
  readonly #endedResolve: (reason: MkiotError) => void;
  #connected = false;
  #over = false;
  /** Resolves when an answer came or the session ended. */
  #changed = Promise.withResolvers<void>();

  private constructor({ stream, clock, settings, onMessage }: MqttConnectOptions) {
    this.#stream = stream;
    this.#clock = clock;
    this.#onMessage = onMessage;
    this.#settings = settings;
    const { promise, resolve } = Promise.withResolvers<MkiotError>();
    this.ended = promise;
    this.#endedResolve = resolve;
    this.#answers = new AwaitedAnswers(clock, settings.answerTimeoutMs, (packetId) => this.#overdue(packetId));
    this.#keepAlive = new KeepAlive({
      clock,
      keepAliveMs: settings.keepAliveMs,
      pingTimeoutMs: settings.pingTimeoutMs,
      sendPing: () => void this.#send({ type: 'PINGREQ' }),
      timedOut: () => this.#end(boardError('PING_TIMED_OUT', { timeoutMs: settings.pingTimeoutMs })),
    });
  }

  /**
   * Logs in. Throws `CONNECT_REFUSED` with the return code, or why there was no answer. The server keeps no session for
   * us, so every session is a clean one. Aborting `signal` before the CONNACK ends it.
   */
  static async connect(options: MqttConnectOptions, signal: AbortSignal): Promise<MqttClient> {
    const client = new MqttClient(options);
    const abort = (): void => client.#end(boardError('CONNECTION_ENDED'));
    signal.addEventListener('abort', abort);
    try {
      if (signal.aborted) abort();
      void client.#read();
      void client.#send({
        type: 'CONNECT',
        protocolLevel: 4,
        clientId: options.clientId,
        cleanSession: true,
        keepAliveSeconds: Math.ceil(options.settings.keepAliveMs / 1_000),
        will: undefined,
        // Never looked at, but MQTT 3.1.1 has no password without it (MQTT-3.1.2-22).
        userName: 'unused',
        password: utf8Encode(options.password),
      });
      await Promise.race([client.#accepted.promise, client.ended.then((reason) => Promise.reject(reason))]);
      return client;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * Publishes at QoS 1: waits for room among the packets in flight and resolves when the message has been written;
   * `undefined` when the session ended before that.
   *
   * @param resent an earlier session may have delivered it; the DUP flag says so
   */
  async publish(topic: string, payload: Uint8Array, resent: boolean): Promise<Publication | undefined> {
    while (!this.#over && this.#answers.count >= this.#settings.maxInFlight) await this.#changed.promise;
    if (this.#over) return undefined;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const packetId = this.#answers.add({ to: 'PUBLISH', settle: resolve });
    const sentMs = this.#clock.monotonic();
    await this.#send({ type: 'PUBLISH', topic, payload, qos: 1, retain: false, dup: resent, packetId });
    return { sentMs, acknowledged: promise };
  }

  /** Subscribes to all of `filters` at QoS 1. Throws `SUBSCRIPTION_REFUSED` for the first that is not granted. */
  async subscribe(filters: readonly string[]): Promise<void> {
    if (this.#over) throw await this.ended;
    const { promise, resolve, reject } = Promise.withResolvers<readonly SubackReturnCode[]>();
    const packetId = this.#answers.add({ to: 'SUBSCRIBE', granted: resolve, failed: reject });
    const subscriptions = filters.map((filter) => ({ filter, qos: 1 }) as const);
    void this.#send({ type: 'SUBSCRIBE', packetId, subscriptions });
    const codes = await promise;
    const refused = filters.find((_, index) => (codes[index] ?? SUBACK_FAILURE) === SUBACK_FAILURE);
    if (refused !== undefined) throw boardError('SUBSCRIPTION_REFUSED', { filter: refused });
  }

  /** Waits until all that was published is acknowledged or `signal` is aborted, then says goodbye. */
  async disconnect(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    while (!this.#over && !signal.aborted && this.#answers.count > 0) {
      await Promise.race([this.#changed.promise, aborted]);
    }
    if (this.#over) return;
    await Promise.race([this.#send({ type: 'DISCONNECT' }), aborted]);
    this.#end(boardError('CONNECTION_ENDED'));
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.#stream.chunks) {
        this.#parser.push(chunk);
        await this.#receivePushed();
        if (this.#over) return;
      }
      this.#end(boardError('SERVER_CLOSED'));
    } catch (error) {
      this.#end(
        error instanceof MkiotError ? error : boardError('CONNECTION_BROKEN', { detail: String(error) }, error),
      );
    }
  }

  async #receivePushed(): Promise<void> {
    while (!this.#over) {
      const packet = this.#parser.next();
      if (packet === undefined) return;
      this.#keepAlive.received();
      await this.#receive(packet);
    }
  }

  async #receive(packet: Packet): Promise<void> {
    if (this.#connected === (packet.type === 'CONNACK')) {
      const detail = this.#connected ? 'there was one already' : 'the first packet has to be a CONNACK';
      throw boardError('PACKET_UNEXPECTED', { packet: packet.type, detail });
    }
    switch (packet.type) {
      case 'CONNACK':
        return this.#receiveConnack(packet);
      case 'PUBLISH':
        return this.#receivePublish(packet);
      case 'PUBACK':
        this.#answerTo('PUBLISH', packet.type, packet.packetId).settle(true);
        return this.#change();
      case 'SUBACK':
        this.#answerTo('SUBSCRIBE', packet.type, packet.packetId).granted(packet.returnCodes);
        return this.#change();
      case 'PINGRESP':
        return;
      default:
        throw boardError('PACKET_UNEXPECTED', { packet: packet.type, detail: 'nothing asked for it' });
    }
  }

  #receiveConnack({ returnCode }: ConnackPacket): void {
    if (returnCode !== CONNACK_RETURN_CODES.ACCEPTED) {
      const [name] = Object.entries(CONNACK_RETURN_CODES).find(([, code]) => code === returnCode) ?? [''];
      throw boardError('CONNECT_REFUSED', { returnCode, meaning: name.toLowerCase().replaceAll('_', ' ') });
    }
    this.#connected = true;
    this.#accepted.resolve();
  }

  async #receivePublish({ topic, payload, qos, packetId }: PublishPacket): Promise<void> {
    if (qos === 2) {
      throw boardError('PACKET_UNEXPECTED', { packet: 'PUBLISH', detail: 'QoS 2 was not subscribed' });
    }
    await this.#onMessage(topic, payload);
    if (packetId !== undefined) await this.#send({ type: 'PUBACK', packetId });
  }

  /** Who waits for the answer with this packet identifier; it waits no more. */
  #answerTo<To extends Answer['to']>(to: To, packet: string, packetId: number): Extract<Answer, { to: To }> {
    const answer = this.#answers.get(packetId);
    if (answer?.to !== to) {
      throw boardError('PACKET_UNEXPECTED', { packet, detail: `no ${to} has the packet identifier ${packetId}` });
    }
    this.#answers.remove(packetId);
    return answer as Extract<Answer, { to: To }>;
  }

  async #send(packet: Packet): Promise<void> {
    if (this.#over) return;
    this.#keepAlive.sent();
    await this.#stream.write(encodePacket(packet));
  }

  #overdue(packetId: number): void {
    const packet = this.#answers.get(packetId)?.to;
    this.#end(boardError('ANSWER_TIMED_OUT', { packet, packetId, timeoutMs: this.#settings.answerTimeoutMs }));
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  #end(reason: MkiotError): void {
    if (this.#over) return;
    this.#over = true;
    this.#keepAlive.stop();
    this.#stream.close();
    for (const answer of this.#answers.clear()) {
      if (answer.to === 'PUBLISH') answer.settle(false);
      else answer.failed(reason);
    }
    this.#endedResolve(reason);
    this.#change();
  }
}
