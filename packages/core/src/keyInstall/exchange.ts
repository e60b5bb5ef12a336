import type { Clock, Timer } from '../clock/clock.ts';
import { encodeFrame, type Frame, FrameDecoder } from './frame.ts';
import { keyInstallError } from './keyInstallErrors.ts';
import { REFUSALS, refusalOf } from './refusals.ts';
import { ANSWER, REFUSAL_KIND, REQUESTS, type RequestName } from './requests.ts';

/** The station's end of the device's console. */
export interface ConsoleLine {
  write(bytes: Uint8Array): void;
  /** Takes what comes from the device; one listener at a time. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;
}

/** How long a station waits for an answer, and how often it asks. */
export interface ExchangeTerms {
  readonly answerMs: number;
  readonly maxTries: number;
}

/** A signature takes a chip 0.1 to 0.3 s; a frame 20 ms at 115,200 baud. */
const EXCHANGE_TERMS: ExchangeTerms = { answerMs: 500, maxTries: 30 };

export interface ExchangeOptions {
  readonly line: ConsoleLine;
  readonly clock: Clock;
  readonly terms?: ExchangeTerms | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks a device one thing after the other, each until its answer comes whole. */
export class Exchange {
  readonly #line: ConsoleLine;
  readonly #clock: Clock;
  readonly #terms: ExchangeTerms;
  readonly #signal: AbortSignal | undefined;
  #session = 0;
  #sequence = 0;
  #onFrame: ((frame: Frame) => void) | undefined;

  /** Listens on the line from now on. */
  constructor({ line, clock, terms = EXCHANGE_TERMS, signal }: ExchangeOptions) {
    this.#line = line;
    this.#clock = clock;
    this.#terms = terms;
    this.#signal = signal;
    const decoder = new FrameDecoder((frame) => this.#onFrame?.(frame));
    line.onBytes = (bytes) => decoder.add(bytes);
  }

  /**
   * The payload of the answer that `isAnswer` takes. The same request goes out again until it comes: the device does nothing
   * twice.
   *
   * @throws `KEY_INSTALL_NO_ANSWER`, `KEY_INSTALL_REFUSED`, `KEY_INSTALL_ANSWER_WRONG`, `KEY_INSTALL_ABORTED`
   */
  async ask<Answer>(
    request: RequestName,
    payload: Uint8Array,
    read: (payload: Uint8Array) => Answer | undefined,
  ): Promise<Answer> {
    const { maxTries, answerMs } = this.#terms;
    const frame = encodeFrame({ kind: REQUESTS[request], session: this.#session, sequence: this.#sequence, payload });
    try {
      for (let tries = 0; tries < maxTries; tries++) {
        if (this.#signal?.aborted) throw keyInstallError('KEY_INSTALL_ABORTED', { request });
        const answer = await this.#askOnce(frame, request, answerMs);
        if (answer === undefined) continue;
        if (answer.kind === REFUSAL_KIND) throw refused(request, answer.payload[0] ?? 0);
        const value = read(answer.payload);
        if (value === undefined) throw keyInstallError('KEY_INSTALL_ANSWER_WRONG', { request });
        this.#session = answer.session;
        this.#sequence += 1;
        return value;
      }
      throw keyInstallError('KEY_INSTALL_NO_ANSWER', { request, tries: maxTries });
    } finally {
      // A private key may be in it.
      frame.fill(0);
    }
  }

  /** Leaves the line to others. */
  close(): void {
    this.#line.onBytes = undefined;
  }

  #askOnce(bytes: Uint8Array, request: RequestName, answerMs: number): Promise<Frame | undefined> {
    const { promise, resolve } = Promise.withResolvers<Frame | undefined>();
    const giveUp = (): void => resolve(undefined);
    const timer: Timer = this.#clock.setTimer(answerMs, giveUp);
    this.#signal?.addEventListener('abort', giveUp, { once: true });
    this.#onFrame = (frame) => {
      const isOurs = frame.sequence === this.#sequence && (request === 'open' || frame.session === this.#session);
      if (isOurs && (frame.kind === REFUSAL_KIND || frame.kind === REQUESTS[request] + ANSWER)) resolve(frame);
    };
    this.#line.write(bytes);
    return promise.finally(() => {
      timer.cancel();
      this.#signal?.removeEventListener('abort', giveUp);
      this.#onFrame = undefined;
    });
  }
}

function refused(request: RequestName, code: number): Error {
  const refusal = refusalOf(code);
  const reason = refusal === undefined ? `for a reason with code ${code}` : REFUSALS[refusal].text;
  return keyInstallError('KEY_INSTALL_REFUSED', { request, refusal: refusal ?? `code ${code}`, reason });
}
