import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { ConnackReturnCode } from '@mkiot/core/mqtt/connack';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import type { SubackReturnCode } from '@mkiot/core/mqtt/suback';
import type { ByteStream, OpenStream } from './byteStream.ts';
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
  /** Answer to a CONNECT; undefined: none. */
  login: (connect: ConnectPacket) => ConnackReturnCode | undefined;
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

/** The server's side of MQTT 3.1.1 in memory: enough of a platform to hold a device to its contract. */
export class MqttServer {
  readonly behaviour: ServerBehaviour = {
    login: () => 0,
    reachable: true,
    acknowledges: true,
    answersPings: true,
    grants: () => 1,
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
    return connection.clientEnd;
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
    return this.sendBytes(encodePacket(packet));
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
      case 'CONNECT': {
        this.#clientId = packet.clientId;
        connects.push(packet);
        const returnCode = behaviour.login(packet);
        if (returnCode === undefined) return;
        await this.send({ type: 'CONNACK', sessionPresent: false, returnCode });
        if (returnCode !== 0) this.end();
        return;
      }
      case 'SUBSCRIBE': {
        const { packetId, subscriptions } = packet;
        await this.send({
          type: 'SUBACK',
          packetId,
          returnCodes: subscriptions.map(({ filter }) => behaviour.grants(filter)),
        });
        const config = subscriptions.find(({ filter }) => filter.endsWith('/config'));
        if (config !== undefined && behaviour.config !== undefined) await this.config(utf8Decode(behaviour.config));
        return;
      }
      case 'PUBLISH': {
        const { topic, payload, dup, qos, packetId } = packet;
        published.push({ connection: this.#index, topic, text: utf8Decode(payload), dup, qos, packetId });
        if (packetId !== undefined && behaviour.acknowledges) await this.send({ type: 'PUBACK', packetId });
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
}
