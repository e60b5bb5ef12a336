/** Where a device keeps its config over a restart, so that one that starts offline does what it was told. */
export interface ConfigStore {
  /** The bytes saved last; empty when there are none. */
  load(): Promise<Uint8Array>;
  /** Resolves when `config` survives a power cut. */
  save(config: Uint8Array): Promise<void>;
}

/** Keeps the config as long as the device's memory lives. */
export class MemoryConfigStore implements ConfigStore {
  #config: Uint8Array = new Uint8Array();

  load(): Promise<Uint8Array> {
    return Promise.resolve(this.#config);
  }

  save(config: Uint8Array): Promise<void> {
    this.#config = config;
    return Promise.resolve();
  }
}
