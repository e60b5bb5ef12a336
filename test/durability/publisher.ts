import { CONNACK_RETURN_CODES } from '@mkiot/core/mqtt/connack';
import { encodeConnect } from '@mkiot/core/mqtt/connect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import { encodePublish } from '@mkiot/core/mqtt/publish';
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import type { PlatformAddress, TestDevice } from '../support/platformUser.ts';
import { eventText, SentEvents } from './sentEvents.ts';

export interface PublisherOptions {
  /** Events that are under way at once. */
  readonly window: number;
  readonly payloadBytes: number;
  /** How many events it has to publish; then it disconnects. Absent: it goes on for ever. */
  readonly events?: number;
  /** Called after PUBACKs have come. */
  readonly onAcknowledged?: () => void;
}

interface UnderWay {
  readonly number: number;
  readonly packetId: number;
}

const MAX_PACKET_ID = 0xffff;

/** A killed server says no good-bye: however a connection ends, it has ended. */
function untilClosed(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

/**
 * A device that publishes at QoS 1 as fast as its window allows, and after a lost connection sends again, in order and
 * marked DUP, what was not acknowledged. It keeps its own book of all that.
 */
export class Publisher {
  readonly device: TestDevice;
  readonly sent: SentEvents = new SentEvents();
  /** PUBACKs in another order than their PUBLISHes (MQTT-4.6.0-2), or of none. */
  readonly violations: string[] = [];
  readonly #options: PublisherOptions;
  #underWay: UnderWay[] = [];
  #packetId = 0;
  #socket: TLSSocket | undefined;

  constructor(device: TestDevice, options: PublisherOptions) {
    this.device = device;
    this.#options = options;
  }

  /** Connects and publishes. Resolves when the connection has ended, whoever ended it: to false if there was none. */
  async publish(address: PlatformAddress): Promise<boolean> {
    const { port, caFile, clientId, password } = this.device.login(address);
    const socket = connect({ host: 'localhost', port, ca: readFileSync(caFile) });
    socket.setNoDelay();
    this.#socket = socket;
    const closed = untilClosed(socket);
    let isConnected = false;
    socket.on('secureConnect', () => (isConnected = true));
    socket.write(
      encodeConnect({
        type: 'CONNECT',
        protocolLevel: 4,
        clientId,
        cleanSession: true,
        keepAliveSeconds: 0,
        will: undefined,
        userName: 'unused',
        password: Buffer.from(password),
      }),
    );
    const parser = new PacketParser({ from: 'SERVER', maxPacketBytes: 1_024 });
    socket.on('data', (chunk: Uint8Array) => {
      parser.push(chunk);
      this.#take(parser);
    });
    await closed;
    return isConnected;
  }

  /** Whether every event it has to publish is acknowledged. */
  get isDone(): boolean {
    return this.sent.acknowledgedCount === this.#options.events;
  }

  /** Bytes that the platform has not taken yet: they wait in this process, behind those in the two sockets. */
  get waitingBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  #take(parser: PacketParser): void {
    const before = this.sent.acknowledgedCount;
    for (let packet = parser.next(); packet !== undefined; packet = parser.next()) this.#received(packet);
    if (this.sent.acknowledgedCount === before) return;
    this.#options.onAcknowledged?.();
    this.#fillWindow();
    if (this.isDone) this.#socket?.end();
  }

  #received(packet: Packet): void {
    if (packet.type === 'PUBACK') {
      const oldest = this.#underWay.shift();
      if (oldest?.packetId !== packet.packetId) {
        this.violations.push(`${this.device.name.device} got PUBACK ${packet.packetId}, not ${oldest?.packetId}`);
      } else {
        this.sent.acknowledge(oldest.number);
      }
    } else if (packet.type === 'CONNACK' && packet.returnCode === CONNACK_RETURN_CODES.ACCEPTED) {
      const again = this.#underWay;
      this.#underWay = [];
      this.#send(
        again.map(({ number }) => number),
        true,
      );
      this.#fillWindow();
    } else {
      this.violations.push(`${this.device.name.device} got ${JSON.stringify(packet)}`);
      this.#socket?.destroy();
    }
  }

  #fillWindow(): void {
    const { window, events = Number.POSITIVE_INFINITY } = this.#options;
    const room = Math.min(window - this.#underWay.length, events - this.sent.sentCount);
    this.#send(
      Array.from({ length: room }, () => this.sent.sendNext()),
      false,
    );
  }

  #send(numbers: readonly number[], dup: boolean): void {
    if (numbers.length === 0) return;
    const topic = this.device.topic('events');
    const packets = numbers.map((number) => {
      this.#packetId = (this.#packetId % MAX_PACKET_ID) + 1;
      this.#underWay.push({ number, packetId: this.#packetId });
      if (dup) this.sent.sendAgain(number);
      const payload = Buffer.from(eventText(this.device.name.device, number, this.#options.payloadBytes));
      return encodePublish({ type: 'PUBLISH', topic, payload, qos: 1, retain: false, dup, packetId: this.#packetId });
    });
    this.#socket?.write(Buffer.concat(packets));
  }
}
