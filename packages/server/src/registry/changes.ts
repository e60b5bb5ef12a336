/** Whoever wants to hear of changes. Called after the commit, in the order of the commits. */
export class Changes<Change> {
  readonly #listeners = new Set<(change: Change) => void>();

  /** Calls `listener` at each change until the returned function is called. A listener must not throw. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
