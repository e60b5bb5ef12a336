import type { Principal, Session } from '../hooks.ts';

/** The open sessions, at most one for a principal, and the epochs of the platform. */
export class SessionDirectory<P extends Principal> {
  readonly #sessions = new Map<number, Session<P>>();
  #lastEpoch: number;

  /** @param lastEpoch the last one that any earlier run of the platform may have given */
  constructor(lastEpoch: number) {
    this.#lastEpoch = lastEpoch;
  }

  /** Taken when a CONNECT arrives, so that the later CONNECT wins even if its login is decided first. */
  nextEpoch(): number {
    return ++this.#lastEpoch;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(key: number): Session<P> | undefined {
    return this.#sessions.get(key);
  }

  values(): Iterable<Session<P>> {
    return this.#sessions.values();
  }

  enter(session: Session<P>): void {
    this.#sessions.set(session.principal.key, session);
  }

  /** Harmless when another session of the principal has taken its place. */
  leave(session: Session<P>): void {
    if (this.#sessions.get(session.principal.key) === session) this.#sessions.delete(session.principal.key);
  }
}
