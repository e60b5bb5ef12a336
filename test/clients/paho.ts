import { fileURLToPath } from 'node:url';
import type { DeviceLogin } from '../support/platformUser.ts';
import { type FoundLine, Program } from '../support/program.ts';
import type { ClientWill, ForeignClient, Received } from './foreignClient.testing.ts';

const script = fileURLToPath(new URL('pahoClient.py', import.meta.url));

/** Debian's python3-paho-mqtt, in a process of its own. */
export class Paho implements ForeignClient {
  readonly #program: Program;
  readonly returnCode: Promise<number>;
  readonly closed: Promise<void>;
  #messagesFrom = 0;

  constructor({ port, caFile, clientId, password }: DeviceLogin, level: 4 | 5, will?: ClientWill) {
    const login = [String(port), caFile, clientId, password, String(level)];
    const left = will === undefined ? [] : [will.topic, will.payload];
    this.#program = new Program('/usr/bin/python3', [script, ...login, ...left]);
    this.returnCode = this.#program.line(/"connected", "code": (\d+)/).then(({ match }) => Number(match[1]));
    this.closed = this.#program.line(/"disconnected"/).then(() => undefined);
    // Not every test waits for both; what is never awaited may fail when the program is ended.
    this.returnCode.catch(() => undefined);
    this.closed.catch(() => undefined);
  }

  async subscribe(filter: string, qos: number): Promise<number> {
    const { match } = await this.#act({ subscribe: filter, qos }, /"subscribed", "granted": \[(\d+)\]/);
    return Number(match[1]);
  }

  async publish(topic: string, payload: string, qos: 0 | 1): Promise<void> {
    await this.#act({ publish: topic, payload, qos }, /"published"/);
  }

  async nextMessage(): Promise<Received> {
    const { match, number } = await this.#program.line(/"event": "message"/, this.#messagesFrom);
    this.#messagesFrom = number + 1;
    const { topic, qos, payload } = JSON.parse(match.input) as Received;
    return { topic, qos, payload };
  }

  async sayGoodbye(): Promise<void> {
    this.#program.write('{}');
    await this.#program.exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }

  async #act(action: object, answer: RegExp): Promise<FoundLine> {
    await this.returnCode;
    const before = this.#program.lineCount;
    this.#program.write(JSON.stringify(action));
    return this.#program.line(answer, before);
  }
}
