import type { Clock, Timer } from '@mkiot/core/clock/clock';

/** A packet of ours that the server has to answer, and who waits for the answer. */
interface Awaited<Answer> {
  readonly answer: Answer;
  readonly sentMs: number;
}

const MAX_PACKET_ID = 65_535;

/**
 * Packets in flight by packet identifier (MQTT 3.1.1, 2.3.1): an identifier is not used again before its answer came, and
 * the oldest may wait only so long. MQTT 3.1.1 sends nothing twice within a connection, so an answer that is overdue
 * never comes: the way out is a new connection.
 */
export class AwaitedAnswers<Answer> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #overdue: (packetId: number) => void;
  /** Oldest first. */
  readonly #awaited = new Map<number, Awaited<Answer>>();
  #lastId = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, timeoutMs: number, overdue: (packetId: number) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#overdue = overdue;
  }

  get count(): number {
    return this.#awaited.size;
  }

  /** Takes a free packet identifier for a packet that is sent now. */
  add(answer: Answer): number {
    do this.#lastId = (this.#lastId % MAX_PACKET_ID) + 1;
    while (this.#awaited.has(this.#lastId));
    this.#awaited.set(this.#lastId, { answer, sentMs: this.#clock.monotonic() });
    this.#timer ??= this.#clock.setTimer(this.#timeoutMs, () => this.#check());
    return this.#lastId;
  }

  get(packetId: number): Answer | undefined {
    return this.#awaited.get(packetId)?.answer;
  }

  /** The answer came. */
  remove(packetId: number): void {
    this.#awaited.delete(packetId);
  }

  /** No answer will come any more: all that waited, oldest first. */
  clear(): readonly Answer[] {
    const answers = [...this.#awaited.values()].map(({ answer }) => answer);
    this.#awaited.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
    return answers;
  }

  #check(): void {
    this.#timer = undefined;
    const [oldest] = this.#awaited;
    if (oldest === undefined) return;
    const [packetId, { sentMs }] = oldest;
    const leftMs = sentMs + this.#timeoutMs - this.#clock.monotonic();
    if (leftMs <= 0) this.#overdue(packetId);
    else this.#timer = this.#clock.setTimer(leftMs, () => this.#check());
  }
}
