import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type EventEmitter, on } from 'node:events';
import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import type { DeviceLogin } from '../support/platformUser.ts';
import type { ForeignClient, Received } from './foreignClient.testing.ts';

type Messages = AsyncIterator<[topic: string, payload: Buffer, packet: { readonly qos: number }]>;

/** The npm package `mqtt`, in this process. */
export class MqttJs implements ForeignClient {
  readonly #client: MqttClient;
  readonly #messages: Messages;
  readonly returnCode: Promise<number>;
  /** Whether the server has kept a session for it. */
  readonly sessionPresent: Promise<boolean>;
  readonly closed: Promise<void>;

  /** @param options what else it is told; without it the session is clean, TLS is Node's own and ALPN is not used */
  constructor(
    { port, caFile, clientId, password }: DeviceLogin,
    protocolVersion: 4 | 5 = 4,
    options: IClientOptions & SecureContextOptions = {},
  ) {
    this.#client = mqtt.connect({
      protocol: 'mqtts',
      host: 'localhost',
      port,
      ca: readFileSync(caFile),
      clientId,
      username: 'unused',
      password,
      protocolVersion,
      reconnectPeriod: 0,
      ...options,
    });
    this.#messages = on(this.#client as unknown as EventEmitter, 'message') as Messages;
    this.sessionPresent = new Promise((resolve) =>
      this.#client.on('connect', (connack) => resolve(connack.sessionPresent)),
    );
    this.closed = new Promise((resolve) => this.#client.on('close', resolve));
    this.returnCode = new Promise((resolve, reject) => {
      this.#client.on('connect', ({ returnCode, reasonCode }) => resolve(reasonCode ?? returnCode ?? 0));
      this.#client.on('error', (error) => {
        // Return codes of a CONNACK are numbers; errors of the socket have names.
        if ('code' in error && typeof error.code === 'number') resolve(error.code);
        else reject(error);
      });
    });
    this.returnCode.catch(() => undefined);
  }

  get isOpen(): boolean {
    return this.#client.connected;
  }

  subscribe(filter: string, qos: 0 | 1 | 2): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      this.#client.subscribe(filter, { qos }, (error, _grants, packet) => {
        const code = packet?.granted[0];
        if (code === undefined) reject(error ?? new Error('no SUBACK'));
        else resolve(Number(code));
      });
    });
  }

  async publish(topic: string, payload: string, qos: 0 | 1 | 2): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos });
  }

  async nextMessage(): Promise<Received> {
    const { value } = await this.#messages.next();
    const [topic, payload, { qos }] = value as [string, Buffer, { qos: number }];
    return { topic, qos, payload: payload.toString() };
  }

  /** Ends the connection with DISCONNECT; disposing of it does so without. */
  async sayGoodbye(): Promise<void> {
    await this.#client.endAsync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true);
  }
}
