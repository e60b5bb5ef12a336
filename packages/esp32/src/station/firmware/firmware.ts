import type { FirmwarePart } from '../prepareFirmware.ts';

/** What is to be written to the flash of a unit, as it was built: neither signed nor encrypted for it. */
export interface Firmware {
  /** The chip that it was built for, as the build or its images say: `esp32s3`. Undefined where nothing says it. */
  readonly chip: string | undefined;
  readonly parts: readonly FirmwarePart[];
}

/** A file as the user knows it. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The folder of a build, wherever it is: on this computer, or given to a page. */
export interface BuildFolder {
  /** As the user knows it. */
  readonly source: string;
  /** The files in it, without those of its folders. */
  readonly names: readonly string[];
  /** @param path of a file in it or in its folders. @throws where there is none */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
}
