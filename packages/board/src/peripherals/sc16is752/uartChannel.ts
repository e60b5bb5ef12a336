import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { BitErrors } from '../../faults/bitErrors.ts';
import { Net } from '../net.ts';
import { hearCharacter, type UartCharacter } from '../uart/character.ts';
import { characterMs, type UartFormat } from '../uart/uartFormat.ts';
import type { UartPeer } from '../uart/uartLine.ts';
import { UartTransmitter } from '../uart/uartTransmitter.ts';
import { ReceiveFifo } from './receiveFifo.ts';
import {
  DIVISOR_REGISTER,
  EFCR,
  EFR,
  ENHANCED_REGISTER,
  ENHANCED_SET,
  FCR,
  FIFO_BYTES,
  IER,
  IIR,
  LCR,
  LSR,
  MCR,
  RECEIVE_TRIGGERS,
  REGISTER,
  TRANSMIT_TRIGGERS,
} from './registers.ts';

/** Characters of silence after which bytes below the trigger level are told, too (data sheet, "Receiver time-out"). */
const TIMEOUT_CHARACTERS = 4;

/** What the channels of a chip are built from. */
export interface UartChannelOptions {
  readonly clock: Clock;
  readonly crystalHz: number;
  /** Flips bits of what it receives. */
  readonly noise?: BitErrors | undefined;
  readonly onInterruptChange: () => void;
}

/** One of the two UARTs: its own registers, FIFOs and pins. */
export class UartChannel implements UartPeer {
  /** RTS#: high at reset. */
  readonly rts: Net = new Net(true);
  /** Where its TX pin leads to. */
  line: UartPeer | undefined;
  readonly #options: UartChannelOptions;
  readonly #transmitter: UartTransmitter;
  readonly #received = new ReceiveFifo();
  readonly #enhanced = new Uint8Array(8);
  #ier = 0;
  #fcr = 0;
  #lcr: number = LCR.RESET;
  #mcr = 0;
  #spr = 0xff;
  #tcr = 0;
  #tlr = 0;
  #efcr = 0;
  #divisor = 0xffff;
  #timeout: Timer | undefined;
  #hasTimedOut = false;
  /** The transmit interrupt is told once, when space comes. */
  #hasTransmitSpace = false;

  constructor(options: UartChannelOptions) {
    this.#options = options;
    this.#transmitter = new UartTransmitter(options.clock, (character) => {
      if ((this.#mcr & MCR.LOOPBACK) !== 0) this.#hear(character);
      else this.line?.receive(character);
      this.#noteTransmitSpace();
    });
    this.#transmitter.onIdle = () => this.#setRts();
  }

  /** Registers as after power-on ("Register reset"); SPR keeps what it has, the divisor too. */
  reset(): void {
    this.#transmitter.drop('all');
    this.#received.clear();
    this.#enhanced.fill(0);
    [this.#ier, this.#fcr, this.#mcr, this.#tcr, this.#tlr, this.#efcr] = [0, 0, 0, 0, 0, 0];
    this.#lcr = LCR.RESET;
    this.#hasTransmitSpace = false;
    this.#forgetTimeout();
    this.#setRts();
    this.#options.onInterruptChange();
  }

  receive(character: UartCharacter): void {
    if ((this.#mcr & MCR.LOOPBACK) === 0) this.#hear(character);
  }

  /** The most urgent of what asks for attention; `IIR.NONE` when nothing does. */
  get interrupt(): number {
    if ((this.#ier & IER.LINE_STATUS) !== 0 && this.#received.hasError) return IIR.LINE_STATUS;
    if ((this.#ier & IER.RECEIVED) !== 0) {
      if (this.#received.level >= this.#receiveTrigger) return IIR.RECEIVED;
      if (this.#hasTimedOut) return IIR.RECEIVE_TIMEOUT;
    }
    if ((this.#ier & IER.TRANSMIT_SPACE) !== 0 && this.#hasTransmitSpace) return IIR.TRANSMIT_SPACE;
    return IIR.NONE;
  }

  read(register: number): number {
    const value = this.#readRegister(register);
    this.#options.onInterruptChange();
    return value;
  }

  write(register: number, value: number): void {
    if (this.#lcr === ENHANCED_SET && isEnhanced(register)) this.#enhanced[register] = value;
    else if ((this.#lcr & LCR.DIVISOR) !== 0 && register === DIVISOR_REGISTER.DLL) {
      this.#divisor = (this.#divisor & 0xff00) | value;
    } else if ((this.#lcr & LCR.DIVISOR) !== 0 && register === DIVISOR_REGISTER.DLH) {
      this.#divisor = (this.#divisor & 0xff) | (value << 8);
    } else this.#writeGeneral(register, value);
    this.#options.onInterruptChange();
  }

  get format(): UartFormat {
    return {
      baud: this.#options.crystalHz / ((this.#mcr & MCR.CLOCK_BY_4) === 0 ? 1 : 4) / (16 * Math.max(1, this.#divisor)),
      dataBits: (5 + (this.#lcr & 0b11)) as UartFormat['dataBits'],
      parity: (this.#lcr & LCR.PARITY) === 0 ? 'none' : (this.#lcr & LCR.EVEN) === 0 ? 'odd' : 'even',
      stopBits: (this.#lcr & LCR.STOP_BITS) === 0 ? 1 : 2,
    };
  }

  #readRegister(register: number): number {
    if (this.#lcr === ENHANCED_SET && isEnhanced(register)) return this.#enhanced[register] ?? 0;
    if ((this.#lcr & LCR.DIVISOR) !== 0) {
      if (register === DIVISOR_REGISTER.DLL) return this.#divisor & 0xff;
      if (register === DIVISOR_REGISTER.DLH) return this.#divisor >>> 8;
    }
    switch (register) {
      case REGISTER.RHR_THR:
        return this.#takeByte();
      case REGISTER.IER:
        return this.#ier;
      case REGISTER.IIR_FCR:
        return this.#readInterrupt();
      case REGISTER.LCR:
        return this.#lcr;
      case REGISTER.MCR:
        return this.#mcr;
      case REGISTER.LSR:
        return this.#received.readStatus() | this.#transmitStatus();
      case REGISTER.MSR_TCR:
        return this.#hasTriggerSet ? this.#tcr : 0;
      case REGISTER.SPR_TLR:
        return this.#hasTriggerSet ? this.#tlr : this.#spr;
      case REGISTER.TXLVL:
        return Math.max(0, FIFO_BYTES - this.#transmitter.waiting);
      case REGISTER.RXLVL:
        return this.#received.level;
      case REGISTER.EFCR:
        return this.#efcr;
      default:
        return 0;
    }
  }

  #writeGeneral(register: number, value: number): void {
    switch (register) {
      case REGISTER.RHR_THR:
        this.#send(value);
        break;
      case REGISTER.IER:
        this.#ier = value;
        this.#noteTransmitSpace();
        break;
      case REGISTER.IIR_FCR:
        this.#controlFifos(value);
        break;
      case REGISTER.LCR:
        this.#lcr = value;
        break;
      case REGISTER.MCR:
        this.#mcr = value;
        this.#setRts();
        break;
      case REGISTER.MSR_TCR:
        if (this.#hasTriggerSet) this.#tcr = value;
        break;
      case REGISTER.SPR_TLR:
        if (this.#hasTriggerSet) this.#tlr = value;
        else this.#spr = value;
        break;
      case REGISTER.EFCR:
        this.#efcr = value;
        this.#setRts();
        break;
      default:
      // The rest can only be read.
    }
  }

  /** TCR and TLR show when MCR[2] and EFR[4] are set. */
  get #hasTriggerSet(): boolean {
    return (this.#mcr & MCR.TCR_TLR) !== 0 && ((this.#enhanced[ENHANCED_REGISTER.EFR] ?? 0) & EFR.ENHANCED) !== 0;
  }

  /** TLR comes before FCR where it is not zero. */
  get #receiveTrigger(): number {
    return (this.#tlr >>> 4) * 4 || (RECEIVE_TRIGGERS[this.#fcr >>> 6] ?? 8);
  }

  get #transmitTrigger(): number {
    return (this.#tlr & 0xf) * 4 || (TRANSMIT_TRIGGERS[(this.#fcr >>> 4) & 0b11] ?? 8);
  }

  #send(byte: number): void {
    if ((this.#efcr & EFCR.TRANSMITTER_OFF) !== 0 || this.#transmitter.waiting >= FIFO_BYTES) return;
    this.#hasTransmitSpace = false;
    this.#transmitter.send(Uint8Array.of(byte), this.format);
    this.#setRts();
  }

  #controlFifos(value: number): void {
    this.#fcr = value;
    if ((value & FCR.RESET_RECEIVER) !== 0) {
      this.#received.clear();
      this.#forgetTimeout();
    }
    if ((value & FCR.RESET_TRANSMITTER) !== 0) this.#transmitter.drop('waiting');
    this.#noteTransmitSpace();
  }

  #transmitStatus(): number {
    const isFifoEmpty = this.#transmitter.waiting === 0;
    return (isFifoEmpty ? LSR.TRANSMIT_EMPTY : 0) | (this.#transmitter.isSending ? 0 : LSR.ALL_SENT);
  }

  #readInterrupt(): number {
    const { interrupt } = this;
    if (interrupt === IIR.TRANSMIT_SPACE) this.#hasTransmitSpace = false;
    return interrupt | ((this.#fcr & FCR.ENABLE) === 0 ? 0 : 0xc0);
  }

  #noteTransmitSpace(): void {
    this.#hasTransmitSpace = FIFO_BYTES - this.#transmitter.waiting >= this.#transmitTrigger;
    this.#options.onInterruptChange();
  }

  #hear(character: UartCharacter): void {
    if ((this.#efcr & EFCR.RECEIVER_OFF) !== 0) return;
    const heard = hearCharacter(character, this.format, this.#options.noise);
    if (heard === undefined) return;
    this.#received.push(heard);
    this.#expectSilence(heard.endMs);
    this.#options.onInterruptChange();
  }

  #takeByte(): number {
    const byte = this.#received.shift();
    this.#forgetTimeout();
    if (this.#received.level > 0) this.#expectSilence(this.#options.clock.monotonic());
    return byte;
  }

  #expectSilence(sinceMs: number): void {
    const { clock } = this.#options;
    this.#forgetTimeout();
    const dueMs = sinceMs + TIMEOUT_CHARACTERS * characterMs(this.format);
    this.#timeout = clock.setTimer(Math.max(0, dueMs - clock.monotonic()), () => {
      this.#hasTimedOut = true;
      this.#options.onInterruptChange();
    });
  }

  #forgetTimeout(): void {
    this.#timeout?.cancel();
    this.#timeout = undefined;
    this.#hasTimedOut = false;
  }

  /** EFCR[4]: RTS# follows the transmitter, low while it sends; EFCR[5] turns that round. Else MCR[1] pulls it low. */
  #setRts(): void {
    const isAutomatic = (this.#efcr & EFCR.AUTO_RTS) !== 0;
    const isInverted = isAutomatic && (this.#efcr & EFCR.INVERT_RTS) !== 0;
    const isActive = isAutomatic ? this.#transmitter.isSending : (this.#mcr & MCR.RTS) !== 0;
    this.rts.drive(this, isActive === isInverted);
  }
}

function isEnhanced(register: number): boolean {
  const { EFR: efr, XON1, XOFF2 } = ENHANCED_REGISTER;
  return register === efr || (register >= XON1 && register <= XOFF2);
}
