import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { BitErrors } from '../../faults/bitErrors.ts';
import { type Rs485Line, Rs485Transceiver } from '../rs485/rs485Line.ts';
import { type HeardCharacter, hearCharacter, type UartCharacter } from '../uart/character.ts';
import { characterMs, type UartFormat } from '../uart/uartFormat.ts';
import type { UartPeer } from '../uart/uartLine.ts';
import { UartTransmitter } from '../uart/uartTransmitter.ts';
import { BROADCAST, encodeModbusFrame, modbusSilence, parseModbusFrame } from './modbusFrame.ts';
import { encodeModbusResponse, type ModbusException, parseModbusRequest } from './modbusPdu.ts';
import type { ModbusRequest, ModbusResponse } from './modbusPdu.ts';

/** What a device on the line is. Address and format may change while it runs. */
export interface ModbusDevice {
  readonly address: number;
  readonly format: UartFormat;
  /** What it needs to answer, in milliseconds. */
  readonly answersAfterMs: number;
  answer(request: ModbusRequest): ModbusResponse | ModbusException;
}

/** What is lost in floating point on the way to a moment. */
const EXACT_MS = 1e-6;

/** A Modbus RTU server behind its own transceiver. Frames are told apart by silence alone, as the specification asks. */
export class ModbusServer implements UartPeer {
  readonly #clock: Clock;
  readonly #device: ModbusDevice;
  readonly #noise: BitErrors | undefined;
  readonly #transmitter: UartTransmitter;
  #frame: HeardCharacter[] = [];
  #isBroken = false;
  #timer: Timer | undefined;
  #isRunning = false;

  constructor(clock: Clock, line: Rs485Line, device: ModbusDevice, noise?: BitErrors) {
    this.#clock = clock;
    this.#device = device;
    this.#noise = noise;
    const transceiver = new Rs485Transceiver(line, { isDriving: () => this.#transmitter.isSending, output: this });
    this.#transmitter = new UartTransmitter(clock, (character) => transceiver.receive(character));
  }

  /** It listens and answers; else it is dead. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  set isRunning(isRunning: boolean) {
    this.#isRunning = isRunning;
    this.#forget();
    this.#transmitter.drop('all');
  }

  receive(character: UartCharacter): void {
    if (!this.#isRunning) return;
    const { format } = this.#device;
    const heard = hearCharacter(character, format, this.#noise);
    if (heard === undefined) return;
    const { withinMs, betweenMs } = modbusSilence(format);
    const last = this.#frame.at(-1);
    const silenceMs = last === undefined ? 0 : heard.endMs - characterMs(character.format) - last.endMs;
    if (silenceMs >= betweenMs) this.#forget();
    this.#isBroken ||= silenceMs > withinMs + EXACT_MS || heard.hasFramingError || heard.hasParityError;
    this.#frame.push(heard);
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(Math.max(0, heard.endMs + betweenMs - this.#clock.monotonic()), () =>
      this.#end(),
    );
  }

  #end(): void {
    const bytes = this.#isBroken ? new Uint8Array() : Uint8Array.from(this.#frame, ({ byte }) => byte);
    this.#forget();
    const frame = parseModbusFrame(bytes);
    const { address } = this.#device;
    if (frame === undefined || (frame.address !== address && frame.address !== BROADCAST)) return;
    const request = parseModbusRequest(frame.pdu);
    const response = 'exception' in request ? request : this.#device.answer(request);
    if (frame.address === BROADCAST) return;
    const answer = encodeModbusFrame({ address, pdu: encodeModbusResponse(response) });
    this.#timer = this.#clock.setTimer(this.#device.answersAfterMs, () =>
      this.#transmitter.send(answer, this.#device.format),
    );
  }

  #forget(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#frame = [];
    this.#isBroken = false;
  }
}
