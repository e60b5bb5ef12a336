import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { ControlLines } from '../autoReset.ts';
import type { SerialEnd } from '../serialLine.ts';
import { encodeTelnet, TelnetDecoder, type TelnetEvent, type Verb } from './telnet.ts';

// RFC 2217, "Telnet Com Port Control Option": the serial port of a chip for tools on a network, its control lines too.

const BINARY = 0;
const SUPPRESS_GO_AHEAD = 3;
const COM_PORT = 44;
const AGREED: ReadonlySet<number> = new Set([BINARY, SUPPRESS_GO_AHEAD, COM_PORT]);

/** Answers have the number of their request and this (section 3). */
const ANSWER = 100;
const SIGNATURE = 0;
const SET_BAUDRATE = 1;
const SET_CONTROL = 5;
const NOTIFY_MODEMSTATE = 7;
/** Data size, parity and stop bits: 8, none, one. A request for others is answered with these. */
const FIXED_SETTINGS: Readonly<Record<number, number>> = { 2: 8, 3: 1, 4: 1 };
/** Masks and purging: the answer repeats the request. */
const REPEATED: ReadonlySet<number> = new Set([10, 11, 12]);
/** Ready to send and receive: CTS, DSR and carrier. */
const MODEM_STATE = 0xb0;

/** What SET_CONTROL does to the lines, and what it asks for (section 3, "SET-CONTROL"). */
const CONTROL: Readonly<Record<number, Partial<ControlLines>>> = {
  8: { dtr: true },
  9: { dtr: false },
  11: { rts: true },
  12: { rts: false },
};
const ASK_FLOW_CONTROL: ReadonlySet<number> = new Set([0, 13]);
const ASK_BREAK = 4;
const ASK_DTR = 7;
const ASK_RTS = 10;

/** The serial port that is served. */
export interface ServedPort {
  readonly serial: SerialEnd;
  setControlLines(change: Partial<ControlLines>): void;
}

/** One tool at a serial port. */
export class ComPortServer {
  readonly #port: ServedPort;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #decoder = new TelnetDecoder();
  /** Options that both sides have agreed on, by verb: a second agreement is not answered, or it would never end. */
  readonly #agreed = new Set<string>();
  #lines: ControlLines = { dtr: false, rts: false };

  /** @param send to the tool */
  constructor(port: ServedPort, send: (bytes: Uint8Array) => void) {
    this.#port = port;
    this.#send = send;
    for (const verb of ['will', 'do'] as const) this.#offer(verb, BINARY);
  }

  /** Takes what the tool sends. */
  receive(bytes: Uint8Array): void {
    for (const event of this.#decoder.push(bytes)) this.#take(event);
  }

  /** Sends what the chip sends. */
  transmit(bytes: Uint8Array): void {
    this.#reply({ kind: 'data', bytes: Uint8Array.from(bytes) });
  }

  #take(event: TelnetEvent): void {
    if (event.kind === 'data') this.#port.serial.write(event.bytes);
    else if (event.kind === 'option') this.#negotiate(event.verb, event.option);
    else if (event.option === COM_PORT) this.#configure(event.parameters);
  }

  /** Answers what the other side will or wants: agrees to the options of a serial port, and to no others. */
  #negotiate(verb: Verb, option: number): void {
    if (verb === 'wont' || verb === 'dont') return;
    const isAgreed = AGREED.has(option);
    if (verb === 'do') this.#offer(isAgreed ? 'will' : 'wont', option);
    else this.#offer(isAgreed ? 'do' : 'dont', option);
  }

  #offer(verb: Verb, option: number): void {
    const offer = `${verb} ${option}`;
    if (this.#agreed.has(offer)) return;
    this.#agreed.add(offer);
    this.#reply({ kind: 'option', verb, option });
  }

  #configure([command = 0, ...value]: Uint8Array): void {
    const [setting = 0] = value;
    if (command === SIGNATURE) this.#answer(command, utf8Encode('MkIoT virtual board'));
    else if (command === SET_BAUDRATE) this.#answer(command, this.#setBaud(Uint8Array.from(value)));
    else if (command === SET_CONTROL) this.#answer(command, [this.#control(setting)]);
    else if (command === NOTIFY_MODEMSTATE) this.#answer(command, [MODEM_STATE]);
    else if (Object.hasOwn(FIXED_SETTINGS, command)) this.#answer(command, [FIXED_SETTINGS[command] as number]);
    else if (REPEATED.has(command)) this.#answer(command, [setting]);
  }

  /** The speed is four bytes, the highest first; zero asks for it. */
  #setBaud(value: Uint8Array<ArrayBuffer>): Uint8Array {
    const baud = value.length === 4 ? new DataView(value.buffer).getUint32(0) : 0;
    if (baud > 0) this.#port.serial.baud = baud;
    const answer = new Uint8Array(4);
    new DataView(answer.buffer).setUint32(0, this.#port.serial.baud ?? 0);
    return answer;
  }

  #control(setting: number): number {
    const change = CONTROL[setting];
    if (change !== undefined) {
      this.#lines = { ...this.#lines, ...change };
      this.#port.setControlLines(change);
    }
    if (setting === ASK_DTR) return this.#lines.dtr ? 8 : 9;
    if (setting === ASK_RTS) return this.#lines.rts ? 11 : 12;
    // No break is on, and there is no flow control.
    if (setting === ASK_BREAK) return 6;
    return ASK_FLOW_CONTROL.has(setting) ? setting + 1 : setting;
  }

  #answer(command: number, value: Iterable<number>): void {
    const parameters = Uint8Array.of(command + ANSWER, ...value);
    this.#reply({ kind: 'subnegotiation', option: COM_PORT, parameters });
  }

  #reply(event: TelnetEvent): void {
    this.#send(encodeTelnet(event));
  }
}
