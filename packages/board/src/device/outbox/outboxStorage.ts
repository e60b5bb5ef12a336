/** A durable place for the outbox: one run of bytes that grows at its end. */
export interface OutboxStorage {
  /** Everything that is stored; empty at the first start. After a power cut the end may be torn. */
  read(): Promise<Uint8Array>;
  /** Adds `bytes` at the end; resolves when they survive a power cut. When it rejects, nothing of them counts. */
  append(bytes: Uint8Array): Promise<void>;
  /** Puts `bytes` in the place of everything, at once: a power cut leaves the old or the new. */
  replace(bytes: Uint8Array): Promise<void>;
}
