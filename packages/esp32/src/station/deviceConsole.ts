import { closedDigestIn } from '@mkiot/core/keyInstall/closedLine';
import type { ConsoleLine } from '@mkiot/core/keyInstall/exchange';
import { resetToFlash, ROM_BAUD } from '../serial/connectLoader.ts';
import type { SerialPort } from '../serial/serialPort.ts';
import type { StationPorts } from './job.ts';

/** Of what the device prints, so much is looked at: a boot log has some thousand. */
const HEARD_CHARACTERS = 16_384;

/** The console of a unit that runs its firmware: the line of key install, with ears for what the firmware prints. */
export class DeviceConsole implements ConsoleLine, Disposable {
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  readonly #port: SerialPort;
  readonly #closed = new AbortController();
  /** A byte is a character: noise breaks none of its neighbours. */
  readonly #decoder = new TextDecoder('latin1');
  #heard = '';

  private constructor(port: SerialPort) {
    this.#port = port;
    port.onBytes = (bytes) => this.#take(bytes);
  }

  /** Starts the firmware, or asks a person to, and listens from its first byte on. */
  static async start({ serial, clock, onProgress }: StationPorts): Promise<DeviceConsole> {
    await serial.setBaud(ROM_BAUD);
    const console = new DeviceConsole(serial);
    if (serial.hasLines) await resetToFlash(serial, clock);
    else onProgress({ type: 'press', button: 'reset' });
    return console;
  }

  /** What was printed last. */
  get heard(): string {
    return this.#heard;
  }

  /** The digest with which the device says that key install is closed; undefined: it has not said so. */
  get closedDigest(): string | undefined {
    return closedDigestIn(this.#heard);
  }

  /** Aborted when what was printed last matches, and when the port is gone. */
  says(pattern: RegExp): AbortSignal {
    const said = new AbortController();
    this.onBytes = () => {
      if (pattern.test(this.#heard)) said.abort();
    };
    return AbortSignal.any([said.signal, this.#port.closed]);
  }

  /** Aborted when the device says that key install is closed, and when the port is gone. */
  get ended(): AbortSignal {
    return AbortSignal.any([this.#closed.signal, this.#port.closed]);
  }

  write(bytes: Uint8Array): void {
    // A port that is gone says so by `ended`.
    this.#port.write(bytes).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.#port.onBytes = undefined;
  }

  #take(bytes: Uint8Array): void {
    this.#heard = `${this.#heard}${this.#decoder.decode(bytes)}`.slice(-HEARD_CHARACTERS);
    if (this.closedDigest !== undefined) this.#closed.abort();
    this.onBytes?.(bytes);
  }
}
