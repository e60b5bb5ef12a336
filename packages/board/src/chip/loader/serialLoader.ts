import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { efuseNumber } from '../boot/efuseFields.ts';
import { commandOf } from './commandTable.ts';
import type { FlashDownload } from './flashDownload.ts';
import { GREETING, isFlasherStub } from './flasherStub.ts';
import { FrameQueue } from './frameQueue.ts';
import type { LoaderCommand, LoaderContext, LoaderHardware, LoaderReply } from './loaderCommand.ts';
import { type LoaderDialect, LoaderFailure, type LoaderFailureKind, statusBytes } from './loaderStatus.ts';
import {
  buildResponse,
  type DataPacket,
  type LoaderRequest,
  parseDataPacket,
  parseRequest,
  payloadChecksum,
  wordsOf,
} from '@mkiot/esp32/serial/packet';
import type { RamDownload } from './ramDownload.ts';
import { encodeSlip, SlipDecoder } from '@mkiot/esp32/serial/slip';

/** The largest packets of any tool have 0x4000 bytes. */
const MAX_FRAME_BYTES = 0x4000 + 64;
const NO_PACKET: DataPacket = { sequence: 0, payload: new Uint8Array() };

/** What the loader tells whoever runs the virtual chip. */
export interface LoaderEvents {
  /** Uploaded code was started that is no flasher stub: the chip executes none, and waits for its next reset. */
  readonly codeNotRun?: ((entryPoint: number) => void) | undefined;
}

/**
 * The loader that answers on UART0 in download mode: that of the ROM, and after its upload the flasher stub. It serves one
 * request after the other.
 */
export class SerialLoader implements LoaderContext {
  readonly hardware: LoaderHardware;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #events: LoaderEvents;
  readonly #slip = new SlipDecoder(MAX_FRAME_BYTES);
  readonly #frames = new FrameQueue();
  #seen: { readonly efuses: EfuseDump; readonly burned: Map<string, boolean> } | undefined;
  #dialect: LoaderDialect = 'rom';
  #isGone = false;
  /** What went wrong after the answer: told instead of doing the next request. */
  #belated: LoaderFailureKind | undefined;
  flashBytes: number;
  ram: RamDownload | undefined;
  flash: FlashDownload | undefined;

  /** @param send puts bytes on the line */
  constructor(hardware: LoaderHardware, send: (bytes: Uint8Array) => void, events: LoaderEvents = {}) {
    this.hardware = hardware;
    this.#send = send;
    this.#events = events;
    this.flashBytes = hardware.flash.size;
  }

  get dialect(): LoaderDialect {
    return this.#dialect;
  }

  /** Takes what comes on the line. */
  receive(bytes: Uint8Array): void {
    for (const frame of this.#slip.push(bytes)) this.#frames.push(frame);
  }

  /** Serves until the chip is reset, or the power goes. */
  async run(): Promise<void> {
    const { signal } = this.hardware;
    const close = (): void => this.#frames.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      while (!signal.aborted && !this.#isGone && !this.#isClosedByEfuse()) await this.#serveNext();
    } catch (error) {
      if (!(error instanceof MkiotError) || error.code !== 'CHIP_POWER_LOST') throw error;
    } finally {
      signal.removeEventListener('abort', close);
      this.flash?.abandon();
    }
  }

  runCode(entryPoint: number): void {
    if (isFlasherStub(this.ram?.segments ?? [], entryPoint)) {
      this.#dialect = 'stub';
      this.ram = undefined;
      this.sendFrame(GREETING);
      return;
    }
    this.#isGone = true;
    this.#events.codeNotRun?.(entryPoint);
  }

  sendFrame(frame: Uint8Array): void {
    this.#send(encodeSlip(frame));
  }

  nextFrame(): Promise<Uint8Array | undefined> {
    return this.#frames.next();
  }

  giveBack(frame: Uint8Array): void {
    this.#frames.giveBack(frame);
  }

  /** The ROM looks after every command whether download mode is still allowed. */
  #isClosedByEfuse(): boolean {
    return this.#dialect === 'rom' && this.#isBurned(this.hardware.model.loader.downloadDisabledField);
  }

  async #serveNext(): Promise<void> {
    const frame = await this.nextFrame();
    const request = frame === undefined ? undefined : parseRequest(frame);
    if (request === undefined) return;
    const reply = await this.#serve(request);
    if (this.hardware.signal.aborted) return;
    const failure = typeof reply === 'string' ? reply : undefined;
    const { value = 0, data = new Uint8Array(), times = 1, after } = typeof reply === 'string' ? {} : reply;
    const status = statusBytes(this.#dialect, failure);
    const response = buildResponse({ opcode: request.opcode, value, data: concatBytes(data, status) });
    for (let time = 0; time < times; time++) this.sendFrame(response);
    try {
      await after?.();
    } catch (error) {
      if (!(error instanceof LoaderFailure)) throw error;
      this.#belated = error.kind;
    }
  }

  async #serve(request: LoaderRequest): Promise<LoaderReply | LoaderFailureKind> {
    const belated = this.#belated;
    this.#belated = undefined;
    if (belated !== undefined) return belated;
    try {
      const command = this.#commandOf(request);
      const packet = command.hasPacket === true ? packetOf(request) : NO_PACKET;
      return (await command.run(this, wordsOf(request.data), packet)) ?? {};
    } catch (error) {
      if (error instanceof LoaderFailure) return error.kind;
      // What a part of the chip refuses is for the tool a parameter that cannot be; without power there is no answer.
      if (error instanceof MkiotError && error.code !== 'CHIP_POWER_LOST') return 'parameter';
      throw error;
    }
  }

  #commandOf({ opcode, data, isWhole }: LoaderRequest): LoaderCommand {
    const { loader } = this.hardware.model;
    const isSecureDownload = loader.hasSecureDownload && this.#isBurned('ENABLE_SECURITY_DOWNLOAD');
    const command = commandOf(opcode, this.#dialect, loader, isSecureDownload);
    if (command === undefined) throw new LoaderFailure('command');
    if (!isWhole || !command.lengths(data.length, this)) throw new LoaderFailure('length');
    return command;
  }

  /** Asked at each command, of eFuses that seldom change: what they say is remembered until they are read again. */
  #isBurned(field: string): boolean {
    const efuses = this.hardware.efuses.readable();
    if (this.#seen?.efuses !== efuses) this.#seen = { efuses, burned: new Map() };
    const known = this.#seen.burned.get(field);
    if (known !== undefined) return known;
    const isBurned = efuseNumber(efuses, field) === 1;
    this.#seen.burned.set(field, isBurned);
    return isBurned;
  }
}

function packetOf({ data, checksum }: LoaderRequest): DataPacket {
  const packet = parseDataPacket(data);
  if (packet === undefined) throw new LoaderFailure('length');
  if (checksum !== payloadChecksum(packet.payload)) throw new LoaderFailure('checksum');
  return packet;
}
