import type { OpenStream } from '@mkiot/board/device/connection/byteStream';
import type { MqttVersion } from '@mkiot/board/device/connection/mqttVersion';
import { MemoryConfigStore } from '@mkiot/board/device/control/configStore';
import type { DeviceEvent } from '@mkiot/board/device/deviceEvents';
import { DeviceIdentity } from '@mkiot/board/device/identity';
import { MemoryTicketStore } from '@mkiot/board/device/login/ticketStore';
import { MemoryOutboxStorage } from '@mkiot/board/device/outbox/memoryOutboxStorage';
import { DEVICE_SETTINGS, runReferenceDevice } from '@mkiot/board/device/referenceDevice';
import { simulatedSensors } from '@mkiot/board/device/sensing/simulatedSensors';
import { type ClockSkew, SkewedClock } from '@mkiot/core/clock/skewedClock';
import type { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { RandomFill, SigningKey } from '@mkiot/core/crypto/signatures';
import { generateKeyPairSync, sign } from 'node:crypto';

export function newDeviceKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    algorithm: 'ES256',
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    sign: async (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}

export interface VirtualBoardOptions {
  /** Its whole name. */
  readonly name: string;
  readonly key: SigningKey;
  readonly mqttVersion: MqttVersion;
  readonly clock: VirtualClock;
  readonly random: RandomFill;
  readonly openStream: OpenStream;
}

/** The reference device on virtual time. What is durable on a board outlives its power cuts; its clock does not. */
export class VirtualBoard {
  readonly events: DeviceEvent[] = [];
  readonly tickets = new MemoryTicketStore();
  readonly #options: VirtualBoardOptions;
  readonly #outboxStorage = new MemoryOutboxStorage();
  readonly #configStore = new MemoryConfigStore();
  #power = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: VirtualBoardOptions) {
    this.#options = options;
  }

  /** Switches it on with a clock that is wrong like this. */
  powerOn(skew: ClockSkew = {}): void {
    const { name, key, mqttVersion, clock, random, openStream } = this.#options;
    this.#power = new AbortController();
    this.#running = runReferenceDevice(
      {
        identity: new DeviceIdentity(name, key),
        firmwareVersion: '1.2.3',
        clock: new SkewedClock(clock, skew),
        random,
        openStream,
        outboxStorage: this.#outboxStorage,
        configStore: this.#configStore,
        ticketStore: this.tickets,
        sensors: simulatedSensors(1),
        settings: { ...DEVICE_SETTINGS, session: { ...DEVICE_SETTINGS.session, mqttVersion } },
        onEvent: (event) => this.events.push(event),
      },
      this.#power.signal,
    );
  }

  /** Switches it off; resolves when nothing of it runs any more. Time has to pass meanwhile. */
  async powerOff(): Promise<void> {
    this.#power.abort();
    await this.#running;
  }

  count(type: DeviceEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** The numbers of the messages that the platform has acknowledged. */
  get acknowledged(): readonly number[] {
    return this.events.flatMap((event) => (event.type === 'acknowledged' ? [event.sequence] : []));
  }
}
