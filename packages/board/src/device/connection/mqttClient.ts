import type { Clock } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';
import type { LoginProperties } from '@mkiot/core/deviceLogin/loginProperties';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Acknowledgement } from '@mkiot/core/mqtt/acknowledgement';
import type { AuthPacket } from '@mkiot/core/mqtt/auth';
import { CONNACK_RETURN_CODES, type ConnackPacket } from '@mkiot/core/mqtt/connack';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { PublishPacket } from '@mkiot/core/mqtt/publish';
import { SUBACK_FAILURE } from '@mkiot/core/mqtt/suback';
import { boardError } from '../boardErrors.ts';
import { AwaitedAnswers } from './awaitedAnswers.ts';
import type { ByteStream } from './byteStream.ts';
import { connectPacket } from './connectPacket.ts';
import { EnhancedAuthentication } from './enhancedAuthentication.ts';
import { KeepAlive } from './keepAlive.ts';
import type { MqttClientSettings, MqttConnectOptions } from './mqttClientOptions.ts';
import { reasonError } from './serverReasons.ts';
import { NO_TERMS, readServerTerms, type ServerTerms } from './serverTerms.ts';
import { TopicAliases } from './topicAliases.ts';

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
      readonly granted: (codes: readonly number[]) => void;
      readonly failed: (error: MkiotError) => void;
    };

/** From here on a reason code is a failure (MQTT 5.0, section 2.4). */
const FIRST_FAILURE = 0x80;

/** Longest packet that a server of the contract sends: a command, with its topic. */
const MAX_PACKET_BYTES = LIMITS.commandBytes + 1_024;

/** One session of an MQTT client over an open stream. It begins with `connect` and does not come back. */
export class MqttClient {
  /** Resolves when the session has ended, with the reason. Never rejects. */
  readonly ended: Promise<MkiotError>;
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #onMessage: MqttConnectOptions['onMessage'];
  readonly #onRefused: MqttConnectOptions['onRefused'];
  readonly #settings: MqttClientSettings;
  readonly #level: ProtocolLevel;
  readonly #parser: PacketParser;
  readonly #authentication: EnhancedAuthentication | undefined;
  readonly #answers: AwaitedAnswers<Answer>;
  readonly #keepAlive: KeepAlive;
  readonly #accepted = Promise.withResolvers<void>();
  readonly #endedResolve: (reason: MkiotError) => void;
  #connected = false;
  #terms: ServerTerms = NO_TERMS;
  #aliases = new TopicAliases(0);
  #over = false;
  /** Resolves when an answer came or the session ended. */
  #changed = Promise.withResolvers<void>();

  private constructor(options: MqttConnectOptions) {
    const { stream, clock, settings, onMessage, protocolLevel, proof } = options;
    this.#stream = stream;
    this.#level = protocolLevel;
    this.#parser = new PacketParser({ from: 'SERVER', maxPacketBytes: MAX_PACKET_BYTES, level: protocolLevel });
    this.#authentication = 'token' in proof ? undefined : new EnhancedAuthentication(proof.answerChallenge);
    this.#clock = clock;
    this.#onMessage = onMessage;
    this.#onRefused = options.onRefused;
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
   * Logs in. Throws `CONNECT_REFUSED` with the return code or reason code, or why there was no answer. Aborting `signal`
   * before the CONNACK ends it.
   */
  static async connect(options: MqttConnectOptions, signal: AbortSignal): Promise<MqttClient> {
    const client = new MqttClient(options);
    const abort = (): void => client.#end(boardError('CONNECTION_ENDED'));
    signal.addEventListener('abort', abort);
    try {
      if (signal.aborted) abort();
      void client.#read();
      const { keepAliveMs } = options.settings;
      void client.#send(connectPacket({ ...options, keepAliveMs, maxPacketBytes: MAX_PACKET_BYTES }));
      await Promise.race([client.#accepted.promise, client.ended.then((reason) => Promise.reject(reason))]);
      return client;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** What the server said at the login. */
  get login(): LoginProperties {
    return this.#terms.login;
  }

  /** Whether {@link renew} is possible: only what has begun with a challenge goes on with one. */
  get renewable(): boolean {
    return this.#authentication !== undefined;
  }

  /**
   * Proves itself again in the open session (MQTT 5.0, section 4.12.1); resolves with what the server says then. Throws why
   * the session ended instead.
   */
  async renew(): Promise<LoginProperties> {
    if (this.#over || this.#authentication === undefined) throw await this.ended;
    const { packet, renewed } = this.#authentication.renew();
    void this.#send(packet);
    return renewed;
  }

  /**
   * Publishes at QoS 1: waits for room among the packets in flight and resolves when the message has been written;
   * `undefined` when the session ended before that. A message that the server never takes ends it.
   *
   * @param resent an earlier session may have delivered it; the DUP flag says so
   */
  async publish(topic: string, payload: Uint8Array, resent: boolean): Promise<Publication | undefined> {
    const maxInFlight = Math.min(this.#settings.maxInFlight, this.#terms.receiveMaximum);
    while (!this.#over && this.#answers.count >= maxInFlight) await this.#changed.promise;
    if (this.#over) return undefined;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const packetId = this.#answers.add({ to: 'PUBLISH', settle: resolve });
    const sentMs = this.#clock.monotonic();
    const packet = { type: 'PUBLISH', topic, payload, qos: 1, retain: false, dup: resent, packetId } as const;
    await this.#send(this.#aliases.apply(packet));
    return { sentMs, acknowledged: promise };
  }

  /** Subscribes to all of `filters` at QoS 1. Throws `SUBSCRIPTION_REFUSED` for the first that is not granted. */
  async subscribe(filters: readonly string[]): Promise<void> {
    const granted = await this.subscribeToOffered(filters);
    const refused = filters.find((filter) => !granted.has(filter));
    if (refused !== undefined) throw boardError('SUBSCRIPTION_REFUSED', { filter: refused });
  }

  /** Subscribes at QoS 1 to those of `filters` that the server has, and resolves with them. */
  async subscribeToOffered(filters: readonly string[]): Promise<ReadonlySet<string>> {
    if (this.#over) throw await this.ended;
    const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
    const packetId = this.#answers.add({ to: 'SUBSCRIBE', granted: resolve, failed: reject });
    const subscriptions = filters.map((filter) => ({ filter, qos: 1 }) as const);
    void this.#send({ type: 'SUBSCRIBE', packetId, subscriptions });
    const codes = await promise;
    return new Set(filters.filter((_, index) => (codes[index] ?? SUBACK_FAILURE) < SUBACK_FAILURE));
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
    if (packet.type === 'AUTH' && this.#authentication !== undefined) return this.#receiveAuth(packet);
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
        return this.#receivePuback(packet);
      case 'SUBACK':
        this.#answerTo('SUBSCRIBE', packet.type, packet.packetId).granted(packet.returnCodes);
        return this.#change();
      case 'PINGRESP':
        return;
      case 'DISCONNECT':
        throw reasonError('SERVER_DISCONNECTED', packet.reasonCode ?? 0, this.#level, packet.properties);
      default:
        throw boardError('PACKET_UNEXPECTED', { packet: packet.type, detail: 'nothing asked for it' });
    }
  }

  #receiveConnack(packet: ConnackPacket): void {
    const terms = readServerTerms(packet);
    this.#terms = terms;
    if (packet.returnCode !== CONNACK_RETURN_CODES.ACCEPTED) {
      this.#onRefused?.(packet.returnCode, terms.login);
      throw reasonError('CONNECT_REFUSED', packet.returnCode, this.#level, packet.properties);
    }
    this.#connected = true;
    this.#authentication?.accepted();
    this.#aliases = new TopicAliases(terms.topicAliasMaximum);
    if (terms.serverKeepAliveMs !== undefined) this.#keepAlive.adopt(terms.serverKeepAliveMs);
    this.#accepted.resolve();
  }

  async #receiveAuth(packet: AuthPacket): Promise<void> {
    const answer = await this.#authentication?.receive(packet);
    if (answer !== undefined) await this.#send(answer);
  }

  /** A message that is refused would be refused again: it stays where it is, and the reason is told. */
  #receivePuback({ packetId, reasonCode = 0 }: Acknowledgement<'PUBACK'>): void {
    if (reasonCode >= FIRST_FAILURE) throw reasonError('PUBLISH_REFUSED', reasonCode, this.#level);
    this.#answerTo('PUBLISH', 'PUBACK', packetId).settle(true);
    this.#change();
  }

  async #receivePublish({ topic, payload, qos, packetId }: PublishPacket): Promise<void> {
    if (qos === 2) {
      throw boardError('PACKET_UNEXPECTED', { packet: 'PUBLISH', detail: 'QoS 2 was not subscribed' });
    }
    const isTaken = await this.#onMessage(topic, payload);
    if (isTaken && packetId !== undefined) await this.#send({ type: 'PUBACK', packetId });
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
    const bytes = encodePacket(packet, this.#level);
    const { maximumPacketSizeBytes } = this.#terms;
    if (bytes.length > maximumPacketSizeBytes) {
      const context = { packet: packet.type, bytes: bytes.length, maximumPacketSizeBytes };
      return this.#end(boardError('SERVER_TAKES_LESS', context));
    }
    this.#keepAlive.sent();
    await this.#stream.write(bytes);
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
    this.#authentication?.ended(reason);
    for (const answer of this.#answers.clear()) {
      if (answer.to === 'PUBLISH') answer.settle(false);
      else answer.failed(reason);
    }
    this.#endedResolve(reason);
    this.#change();
  }
}
