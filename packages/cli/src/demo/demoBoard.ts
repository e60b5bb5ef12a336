import type { DeviceEvent } from '@mkiot/board/device/deviceEvents';
import { DEVICE_SETTINGS, type DeviceSettings } from '@mkiot/board/device/referenceDevice';
import { runBoard } from '@mkiot/board/node/nodeDevice';
import type { ServerAddress } from '@mkiot/board/node/tlsStream';
import { type DeviceName, formatDeviceName } from '@mkiot/core/contract/resourceNames';
import type { EventOf } from '../commands/board/boardEvent.ts';
import type { DemoPorts } from './demoPorts.ts';
import { Trace } from './trace.ts';

/** Boards may wait a minute before they try again; nobody wants to watch that. */
const SETTINGS: DeviceSettings = { ...DEVICE_SETTINGS, backOff: { ...DEVICE_SETTINGS.backOff, maxMs: 2_000 } };

/** A virtual board of the demo: the same code as `mkiot board run`, with what it tells kept for the steps. */
export class DemoBoard implements AsyncDisposable {
  readonly name: DeviceName;
  readonly folder: string;
  readonly events: Trace<DeviceEvent>;
  readonly #end = new AbortController();
  readonly #ports: DemoPorts;
  #running: Promise<void> | undefined;

  constructor(name: DeviceName, folder: string, ports: DemoPorts) {
    this.name = name;
    this.folder = folder;
    this.events = new Trace(ports);
    this.#ports = ports;
  }

  get id(): string {
    return this.name.device;
  }

  /** Switches it on. */
  start(server: ServerAddress): void {
    const { clock, random } = this.#ports;
    this.#running = runBoard({
      folder: this.folder,
      server,
      deviceName: formatDeviceName(this.name),
      signal: this.#end.signal,
      onEvent: (event) => this.events.add(event),
      clock,
      random,
      settings: SETTINGS,
    });
    // What keeps it from starting is thrown by `stop`; until then nobody listens.
    this.#running.catch(() => undefined);
  }

  /** The first event of this type since number `from` of its trace, once there is one. */
  async event<Type extends DeviceEvent['type']>(
    type: Type,
    from: number,
    isWanted: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    const what = `"${type}" of ${this.id}`;
    const isIt = (event: DeviceEvent): boolean => event.type === type && isWanted(event as EventOf<Type>);
    return (await Promise.race([this.events.first(what, from, isIt), this.#failure()])) as EventOf<Type>;
  }

  /** Switches it off. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Rejects when the board cannot run. */
  async #failure(): Promise<never> {
    await this.#running;
    return new Promise(() => undefined);
  }
}
