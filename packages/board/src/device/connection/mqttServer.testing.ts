import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { AUTHENTICATION_METHOD } from '@mkiot/core/deviceLogin/challengeResponse';
import { encodeSessionNotice, type SessionNotice } from '@mkiot/core/deviceLogin/sessionNotice';
import type { SigningPurpose } from '@mkiot/core/deviceLogin/signedBytes';
import type { AuthPacket } from '@mkiot/core/mqtt/auth';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import type { Properties } from '@mkiot/core/mqtt/properties';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { SubackReturnCode } from '@mkiot/core/mqtt/suback';
import type { ByteStream, ChannelBinding, OpenStream } from './byteStream.ts';
import { type StreamPair, streamPair } from './memoryStream.testing.ts';

/** A message as a server received it. */
export interface ReceivedPublish {
  readonly connection: number;
  readonly topic: string;
  readonly text: string;
  readonly dup: boolean;
  readonly qos: number;
  readonly packetId: number | undefined;
}

/** How a server behaves; may be changed at any time. */
export interface ServerBehaviour {
  /** Return code or reason code that answers a CONNECT, after a challenge if there was one; undefined: no answer. */
  login: (connect: ConnectPacket) => number | undefined;
  /** What a CONNACK of MQTT 5.0 says. */
  connackProperties: Properties | undefined;
  /** Challenge of enhanced authentication; undefined: the server does not know the method. */
  challenge: Uint8Array | undefined;
  /** Whether an answer to the challenge is right. */
  acceptsAnswer: (answer: Uint8Array, purpose: SigningPurpose) => boolean;
  /** Ticket that a device gets when it subscribes to its nonce, and after a renewal; undefined: the topic is refused. */
  ticket: (() => string) | undefined;
  /** Answer to a subscription to the session, and to each token that comes; undefined: the topic is refused. */
  notice: ((token: string | undefined) => SessionNotice) | undefined;
  /** Whether there is a way to the server. */
  reachable: boolean;
  acknowledges: boolean;
  answersPings: boolean;
  grants: (filter: string) => SubackReturnCode;
  /** What a device gets when it subscribes to its config; undefined: nothing. */
  config: Uint8Array | undefined;
  /** Breaks a new connection as soon as so many bytes have gone to and fro; undefined: never. */
  cutAfterBytes: () => number | undefined;
}

/** What the connections to this server are bound to. */
export const TEST_BINDING: ChannelBinding = { bridgeId: new Uint8Array(32).fill(7), exporter: undefined };

/** The server's side of MQTT in memory: enough of a platform to hold a device to its contract. */
export class MqttServer {
  readonly behaviour: ServerBehaviour = {
    login: () => 0,
    connackProperties: undefined,
    challenge: undefined,
    acceptsAnswer: () => false,
    ticket: undefined,
    notice: undefined,
    reachable: true,
    acknowledges: true,
    answersPings: true,
    grants: (filter) => {
      const { notice, ticket } = this.behaviour;
      if (filter.endsWith('/nonce')) return ticket === undefined ? 0x80 : 1;
      return filter.endsWith('/session') && notice === undefined ? 0x80 : 1;
    },
    config: new Uint8Array(),
    cutAfterBytes: () => undefined,
  };
  readonly connects: ConnectPacket[] = [];
  readonly published: ReceivedPublish[] = [];
  /** Every packet but PUBLISH, in the order of arrival. */
  readonly others: Packet[] = [];
  readonly connections: ServerConnection[] = [];

  readonly openStream: OpenStream = async (signal) => {
    if (signal.aborted || !this.behaviour.reachable) throw new Error('no route to host');
    const connection = new ServerConnection(this, this.connections.length, this.behaviour.cutAfterBytes());
    this.connections.push(connection);
    return { ...connection.clientEnd, binding: TEST_BINDING };
  };

  /** The connection that was opened last. */
  get last(): ServerConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error('nobody has connected');
    return connection;
  }

  publishedTo(suffix: string): readonly ReceivedPublish[] {
    return this.published.filter(({ topic }) => topic.endsWith(suffix));
  }

  close(): void {
    for (const connection of this.connections) connection.end();
  }
}

export class ServerConnection {
  readonly clientEnd: ByteStream;
  open = true;
  readonly #server: MqttServer;
  readonly #index: number;
  readonly #pair: StreamPair = streamPair();
  readonly #parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: 300_000 });
  #bytesLeft: number;
  #nextPacketId = 1;
  #clientId = '';
  #level: ProtocolLevel = 4;
  #connect: ConnectPacket | undefined;
  #purpose: SigningPurpose = 'LOGIN';
  readonly #topics = new Map<number, string>();

  constructor(server: MqttServer, index: number, cutAfterBytes: number = Infinity) {
    this.#server = server;
    this.#index = index;
    this.#bytesLeft = cutAfterBytes;
    this.clientEnd = this.#pair.client;
    void this.#run();
  }

  /** Publishes to the device at QoS 1. */
  publish(topic: string, text: string): Promise<void> {
    const packetId = this.#nextPacketId++;
    return this.send({
      type: 'PUBLISH',
      topic,
      payload: utf8Encode(text),
      qos: 1,
      retain: false,
      dup: false,
      packetId,
    });
  }

  command(text: string): Promise<void> {
    return this.publish(`/devices/${this.#device}/commands`, text);
  }

  config(text: string): Promise<void> {
    return this.publish(`/devices/${this.#device}/config`, text);
  }

  send(packet: Packet): Promise<void> {
    return this.sendBytes(encodePacket(packet, this.#level));
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    this.#bytesLeft -= bytes.length;
    if (this.#bytesLeft < 0) this.cut();
    else await this.#pair.server.write(bytes);
  }

  /** Closes the connection in order. */
  end(): void {
    this.open = false;
    this.#pair.server.close();
  }

  /** Breaks it. */
  cut(): void {
    this.open = false;
    this.#pair.cut();
  }

  get #device(): string {
    return this.#clientId.slice(this.#clientId.lastIndexOf('/') + 1);
  }

  async #run(): Promise<void> {
    try {
      for await (const chunk of this.#pair.server.chunks) {
        // What came before the cut counts, although its acknowledgement cannot get out any more.
        this.#parser.push(chunk.subarray(0, Math.max(0, this.#bytesLeft)));
        this.#bytesLeft -= chunk.length;
        for (let packet = this.#parser.next(); packet !== undefined; packet = this.#parser.next()) {
          await this.#receive(packet);
        }
        if (this.#bytesLeft < 0) return this.cut();
      }
    } catch {
      // The device broke the connection, or this server did.
    }
    this.end();
  }

  async #receive(packet: Packet): Promise<void> {
    const { behaviour, published, others, connects } = this.#server;
    if (packet.type !== 'PUBLISH') others.push(packet);
    switch (packet.type) {
      case 'CONNECT':
        this.#clientId = packet.clientId;
        this.#level = packet.protocolLevel;
        this.#connect = packet;
        connects.push(packet);
        if (packet.properties?.authenticationMethod === undefined) return this.#answerConnect(behaviour.login(packet));
        if (behaviour.challenge === undefined) return this.#answerConnect(0x8c);
        return this.send(auth(0x18, behaviour.challenge));
      case 'AUTH':
        return this.#receiveAuth(packet);
      case 'SUBSCRIBE': {
        const { packetId, subscriptions } = packet;
        await this.send({
          type: 'SUBACK',
          packetId,
          returnCodes: subscriptions.map(({ filter }) => behaviour.grants(filter)),
        });
        const config = subscriptions.find(({ filter }) => filter.endsWith('/config'));
        if (config !== undefined && behaviour.config !== undefined) await this.config(utf8Decode(behaviour.config));
        const has = (kind: string): boolean => subscriptions.some(({ filter }) => filter.endsWith(`/${kind}`));
        if (has('nonce')) await this.ticket();
        if (has('session')) await this.#notice(undefined);
        return;
      }
      case 'PUBLISH': {
        const { payload, dup, qos, packetId } = packet;
        const topic = this.#topicOf(packet.topic, packet.properties?.topicAlias);
        published.push({ connection: this.#index, topic, text: utf8Decode(payload), dup, qos, packetId });
        if (packetId !== undefined && behaviour.acknowledges) await this.send({ type: 'PUBACK', packetId });
        if (topic.endsWith('/token')) await this.#notice(utf8Decode(payload));
        return;
      }
      case 'PINGREQ':
        if (behaviour.answersPings) await this.send({ type: 'PINGRESP' });
        return;
      case 'DISCONNECT':
        this.end();
        return;
      default:
    }
  }

  /** Gives the device a ticket, if this server has tickets. */
  async ticket(): Promise<void> {
    const { ticket } = this.#server.behaviour;
    if (ticket !== undefined) await this.publish(`/devices/${this.#device}/nonce`, ticket());
  }

  async #notice(token: string | undefined): Promise<void> {
    const { notice } = this.#server.behaviour;
    if (notice === undefined) return;
    const payload = utf8Decode(encodeSessionNotice(notice(token)));
    await this.publish(`/devices/${this.#device}/session`, payload);
  }

  async #answerConnect(returnCode: number | undefined): Promise<void> {
    if (returnCode === undefined) return;
    const properties = this.#level === 5 ? this.#server.behaviour.connackProperties : undefined;
    const connack = { type: 'CONNACK', sessionPresent: false, returnCode } as const;
    await this.send(properties === undefined ? connack : { ...connack, properties });
    if (returnCode !== 0) this.end();
  }

  async #receiveAuth({ reasonCode, properties }: AuthPacket): Promise<void> {
    const { challenge, acceptsAnswer, login, connackProperties } = this.#server.behaviour;
    if (reasonCode === 0x19) {
      this.#purpose = 'RENEWAL';
      return this.send(auth(0x18, challenge));
    }
    const isRight = acceptsAnswer(properties?.authenticationData ?? new Uint8Array(0), this.#purpose);
    if (this.#purpose === 'LOGIN') {
      return this.#answerConnect(isRight && this.#connect !== undefined ? login(this.#connect) : 0x87);
    }
    if (!isRight) {
      await this.send({ type: 'DISCONNECT', reasonCode: 0x87 });
      return this.end();
    }
    const { userProperties = [] } = connackProperties ?? {};
    await this.send({
      type: 'AUTH',
      reasonCode: 0,
      properties: { authenticationMethod: AUTHENTICATION_METHOD, userProperties },
    });
  }

  #topicOf(name: string, alias: number | undefined): string {
    if (alias === undefined) return name;
    if (name !== '') this.#topics.set(alias, name);
    const topic = this.#topics.get(alias);
    if (topic === undefined) throw new Error(`nobody has said what the topic alias ${alias} is`);
    return topic;
  }
}

function auth(reasonCode: number, authenticationData: Uint8Array | undefined): AuthPacket {
  const method = { authenticationMethod: AUTHENTICATION_METHOD };
  return {
    type: 'AUTH',
    reasonCode,
    properties: authenticationData === undefined ? method : { ...method, authenticationData },
  };
}
