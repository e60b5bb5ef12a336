import type { DeviceEvent } from '@mkiot/board/device/deviceEvents';
import type { Cli } from '../../cli.ts';
import { printable } from '../../output/printable.ts';
import { boardEventJson, boardEventText } from './boardEvent.ts';

const CHATTER: ReadonlySet<DeviceEvent['type']> = new Set(['published', 'acknowledged', 'heartbeat', 'state']);

/** Prints what boards tell, line by line, as fast as the terminal takes it. */
export class BoardPrinter {
  readonly #cli: Cli;
  readonly #isQuiet: boolean;
  #printed: Promise<void> = Promise.resolve();

  /** @param isQuiet messages are left out */
  constructor(cli: Cli, isQuiet: boolean) {
    this.#cli = cli;
    this.#isQuiet = isQuiet;
  }

  /** Resolves when everything has been printed. */
  get printed(): Promise<void> {
    return this.#printed;
  }

  event(device: string, event: DeviceEvent): void {
    if (this.#isQuiet && CHATTER.has(event.type)) return;
    const time = new Date(this.#cli.ports.clock.now()).toISOString();
    this.print({ time, device, ...boardEventJson(event) }, `${time} ${device} ${boardEventText(event)}`);
  }

  print(value: object, text: string): void {
    const { output } = this.#cli;
    this.#printed = this.#printed.then(() => output.item(value, printable(text)));
  }
}
