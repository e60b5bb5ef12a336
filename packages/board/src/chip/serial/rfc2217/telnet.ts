// Telnet (RFC 854, RFC 855), as far as a serial port over it needs.

const IAC = 0xff;
const SE = 0xf0;
const SB = 0xfa;

/** The four verbs about an option. */
export const VERBS = { will: 0xfb, wont: 0xfc, do: 0xfd, dont: 0xfe } as const;

export type Verb = keyof typeof VERBS;

/** What comes on a telnet connection. */
export type TelnetEvent =
  | { readonly kind: 'data'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'option'; readonly verb: Verb; readonly option: number }
  | { readonly kind: 'subnegotiation'; readonly option: number; readonly parameters: Uint8Array<ArrayBuffer> };

export function encodeTelnet(event: TelnetEvent): Uint8Array<ArrayBuffer> {
  if (event.kind === 'data') return doubled(event.bytes);
  if (event.kind === 'option') return Uint8Array.of(IAC, VERBS[event.verb], event.option);
  return Uint8Array.of(IAC, SB, event.option, ...doubled(event.parameters), IAC, SE);
}

/** A byte of all ones is written twice, so that it is no command. */
function doubled(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const all: number[] = [];
  for (const byte of bytes) all.push(...(byte === IAC ? [IAC, IAC] : [byte]));
  return Uint8Array.from(all);
}

/** The longest parameters of RFC 2217 are a signature, free text: what is longer is dropped. */
const MAX_PARAMETER_BYTES = 256;

/** Takes a telnet stream apart. Commands that are no verb and no subnegotiation mean nothing to a serial port. */
export class TelnetDecoder {
  #state: 'data' | 'command' | 'option' | 'subnegotiation' | 'subcommand' = 'data';
  #verb: Verb = 'will';
  #data: number[] = [];
  #parameters: number[] = [];
  #events: TelnetEvent[] = [];

  push(bytes: Uint8Array): readonly TelnetEvent[] {
    for (const byte of bytes) this.#take(byte);
    this.#flush();
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #take(byte: number): void {
    if (this.#state === 'data') this.#takeData(byte);
    else if (this.#state === 'command') this.#takeCommand(byte);
    else if (this.#state === 'option') this.#emit({ kind: 'option', verb: this.#verb, option: byte });
    else if (this.#state === 'subnegotiation') this.#takeParameter(byte);
    else this.#takeSubcommand(byte);
  }

  #takeData(byte: number): void {
    if (byte === IAC) this.#state = 'command';
    else this.#data.push(byte);
  }

  #takeCommand(byte: number): void {
    this.#state = 'data';
    const verb = (Object.keys(VERBS) as Verb[]).find((name) => VERBS[name] === byte);
    if (byte === IAC) this.#data.push(IAC);
    if (byte === SB) {
      this.#parameters = [];
      this.#state = 'subnegotiation';
    }
    if (verb === undefined) return;
    this.#verb = verb;
    this.#state = 'option';
  }

  #takeParameter(byte: number): void {
    if (byte === IAC) this.#state = 'subcommand';
    else if (this.#parameters.length <= MAX_PARAMETER_BYTES + 1) this.#parameters.push(byte);
  }

  #takeSubcommand(byte: number): void {
    this.#state = 'subnegotiation';
    if (byte === IAC) this.#parameters.push(IAC);
    if (byte !== SE) return;
    const [option, ...parameters] = this.#parameters;
    this.#state = 'data';
    if (option === undefined || parameters.length > MAX_PARAMETER_BYTES) return;
    this.#emit({ kind: 'subnegotiation', option, parameters: Uint8Array.from(parameters) });
  }

  #emit(event: TelnetEvent): void {
    this.#flush();
    this.#events.push(event);
    this.#state = 'data';
  }

  #flush(): void {
    if (this.#data.length > 0) this.#events.push({ kind: 'data', bytes: Uint8Array.from(this.#data) });
    this.#data = [];
  }
}
