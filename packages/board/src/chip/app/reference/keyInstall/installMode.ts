// docs/decisions/0010-key-install.md, "The station repeats, the device remembers one answer".
import { equalBytes } from '@mkiot/core/bytes/bytes';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { encodeFrame, type Frame, FrameDecoder } from '@mkiot/core/keyInstall/frame';
import { REFUSALS } from '@mkiot/core/keyInstall/refusals';
import {
  ANSWER,
  decodeMagic,
  encodeIdentity,
  REFUSAL_KIND,
  REQUESTS,
  type UnitIdentity,
} from '@mkiot/core/keyInstall/requests';
import { InstallSession, type InstallSessionOptions } from './installSession.ts';

export interface InstallModeOptions extends InstallSessionOptions {
  readonly identity: UnitIdentity;
  readonly random: RandomFill;
  /** Writes to the console. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
}

interface Answered {
  readonly request: Frame;
  readonly answer: Uint8Array<ArrayBuffer>;
}

/** Key install as a device in factory state offers it: it listens for the magic packet, and answers nothing before. */
export class InstallMode {
  readonly #options: InstallModeOptions;
  readonly #decoder: FrameDecoder;
  readonly #closed = Promise.withResolvers<void>();
  #session: InstallSession | undefined;
  #sessionNumber = 0;
  #last: Answered | undefined;
  /** What comes while an answer is made is a repetition, or comes again. */
  #isBusy = false;
  #heard = 0;

  constructor(options: InstallModeOptions) {
    this.#options = options;
    // Whoever waits for it hears of it; after a reset nobody does.
    this.#closed.promise.catch(() => undefined);
    this.#decoder = new FrameDecoder((frame) => {
      this.#heard += 1;
      if (!this.#isBusy) void this.#take(frame);
    });
  }

  /** Resolves when keys and facts are stored. Rejects when the device cannot go on. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** How many frames came whole. */
  get heard(): number {
    return this.#heard;
  }

  receive(bytes: Uint8Array): void {
    this.#decoder.add(bytes);
  }

  /** Forgets the keys that are not stored. */
  end(): void {
    this.#session?.end();
  }

  async #take(frame: Frame): Promise<void> {
    this.#isBusy = true;
    try {
      const last = this.#last;
      if (last !== undefined && isRepetition(last.request, frame)) this.#options.send(last.answer);
      else if (frame.kind === REQUESTS.open) this.#open(frame);
      else await this.#ask(frame);
    } catch (error) {
      this.#closed.reject(error);
    } finally {
      this.#isBusy = false;
    }
  }

  #open(request: Frame): void {
    const { identity, random } = this.#options;
    const token = decodeMagic(request.payload);
    if (token === undefined || request.session !== 0 || request.sequence !== 0 || this.#session?.isClosed) return;
    this.#session?.end();
    this.#session = new InstallSession(this.#options);
    this.#sessionNumber = new DataView(random(new Uint8Array(4)).buffer).getUint32(0);
    this.#answer(request, REQUESTS.open + ANSWER, encodeIdentity(token, identity));
  }

  async #ask(request: Frame): Promise<void> {
    const session = this.#session;
    const isNext = request.session === this.#sessionNumber && request.sequence === nextSequence(this.#last?.request);
    if (session === undefined || !isNext) return;
    const wasClosed = session.isClosed;
    const answer = await session.take(request.kind, request.payload);
    if (typeof answer === 'string') this.#answer(request, REFUSAL_KIND, Uint8Array.of(REFUSALS[answer].code));
    else this.#answer(request, request.kind + ANSWER, answer);
    if (!wasClosed && session.isClosed) this.#closed.resolve();
  }

  #answer(request: Frame, kind: number, payload: Uint8Array): void {
    const { sequence } = request;
    const answer = encodeFrame({ kind, session: this.#sessionNumber, sequence, payload });
    // A private key may be in it, which would outlive its use.
    this.#last?.request.payload.fill(0);
    this.#last = { request, answer };
    this.#options.send(answer);
  }
}

function isRepetition(last: Frame, frame: Frame): boolean {
  const isSame = last.kind === frame.kind && last.session === frame.session && last.sequence === frame.sequence;
  return isSame && equalBytes(last.payload, frame.payload);
}

function nextSequence(last: Frame | undefined): number {
  return ((last?.sequence ?? 0) + 1) & 0xffff;
}
