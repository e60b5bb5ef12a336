import type { ConfigStore } from '../device/control/configStore.ts';
import { readFileIfAny, replaceFile } from './durableFile.ts';

/** The config that the device was sent last and understood, byte for byte, as a file. */
export class ConfigFile implements ConfigStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  load(): Promise<Uint8Array> {
    return readFileIfAny(this.#file);
  }

  save(config: Uint8Array): Promise<void> {
    return replaceFile(this.#file, config);
  }
}
