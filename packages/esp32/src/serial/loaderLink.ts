import type { Clock } from '@mkiot/core/clock/clock';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { loaderError, refusalReason } from './loaderErrors.ts';
import { buildRequest, type LoaderResponse, parseResponse } from './packet.ts';
import type { SerialPort } from './serialPort.ts';
import { encodeSlip, SlipDecoder } from './slip.ts';

/** So many bytes end every response, of which the first is 0 where all is well, and the first two say why it is not. */
export const STATUS_BYTES = { rom: 4, stub: 2 } as const;
const MAX_FRAME_BYTES = 0x4000;
const USUAL_TIMEOUT_MS = 3_000;
const USUAL_TRIES = 3;

export interface LoaderCall {
  /** What it does, for errors: "to read a register". */
  readonly doing: string;
  readonly opcode: number;
  readonly data: Uint8Array;
  readonly checksum?: number;
  readonly timeoutMs?: number;
  /** How often it is sent until an answer comes; 1 for what must not be done twice. */
  readonly tries?: number;
}

/**
 * Requests to a serial loader and its answers, one at a time (Espressif, esptool documentation, "Serial Protocol").
 * Answers have no checksum: what matters has to be read twice, or verified by a digest.
 */
export class LoaderLink {
  readonly port: SerialPort;
  readonly clock: Clock;
  readonly #statusBytes: number;
  #waiting: ((response: LoaderResponse) => void) | undefined;

  constructor(port: SerialPort, clock: Clock, statusBytes: number = STATUS_BYTES.rom) {
    this.port = port;
    this.clock = clock;
    this.#statusBytes = statusBytes;
    this.#listen();
  }

  /** Hears again what the chip says, from the next frame on: after a reset, or when another link had the port. */
  restart(): void {
    this.#listen();
  }

  /**
   * The answer, without its status.
   *
   * @throws `LOADER_SILENT`, `LOADER_PORT_CLOSED`, `LOADER_REFUSED`
   */
  async call(call: LoaderCall): Promise<LoaderResponse> {
    const { doing, opcode, data, checksum, tries = USUAL_TRIES } = call;
    const request = encodeSlip(buildRequest(opcode, data, checksum));
    for (let attempt = 1; ; attempt++) {
      const response = await this.#exchange(call, request);
      const failure = response === undefined ? undefined : this.#statusOf(response);
      if (response !== undefined && failure === 0) {
        return { ...response, data: response.data.subarray(0, -this.#statusBytes) };
      }
      if (attempt < tries) continue;
      if (failure === undefined) throw loaderError('LOADER_SILENT', { doing });
      throw loaderError('LOADER_REFUSED', { doing, reason: refusalReason(failure), status: toHexOffset(failure) });
    }
  }

  #listen(): void {
    const decoder = new SlipDecoder(MAX_FRAME_BYTES);
    this.port.onBytes = (bytes) => {
      for (const frame of decoder.push(bytes)) {
        const response = parseResponse(frame);
        if (response !== undefined) this.#waiting?.(response);
      }
    };
  }

  /** @returns undefined where no answer to this request came in time */
  async #exchange({ opcode, doing, timeoutMs = USUAL_TIMEOUT_MS }: LoaderCall, request: Uint8Array) {
    const { port, clock } = this;
    const answer = Promise.withResolvers<LoaderResponse | undefined>();
    const onClosed = (): void => answer.reject(loaderError('LOADER_PORT_CLOSED', { doing }));
    if (port.closed.aborted) onClosed();
    port.closed.addEventListener('abort', onClosed, { once: true });
    const timer = clock.setTimer(timeoutMs, () => answer.resolve(undefined));
    this.#waiting = (response) => {
      // Answers to an earlier request are late, or repeated as those to SYNC are.
      if (response.opcode === opcode && response.data.length >= this.#statusBytes) answer.resolve(response);
    };
    try {
      await Promise.race([port.write(request), answer.promise]);
      return await answer.promise;
    } finally {
      timer.cancel();
      this.#waiting = undefined;
      port.closed.removeEventListener('abort', onClosed);
    }
  }

  /** 0 where it is done, else the reason: the ROM tells it behind a 1, the stub instead of the 1 and with a 0 behind. */
  #statusOf({ data }: LoaderResponse): number {
    const [failed = 1, reason = 0] = data.subarray(-this.#statusBytes);
    return failed === 0 ? 0 : reason || failed;
  }
}
