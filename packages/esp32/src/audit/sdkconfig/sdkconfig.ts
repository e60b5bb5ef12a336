/** The settings a firmware was built with (ESP-IDF, Kconfig). */
export interface Sdkconfig {
  /** Told in its header comment: "5.1.4". */
  readonly idfVersion?: string;
  /** By name without `CONFIG_`. A line `# CONFIG_X is not set` is the value "n". What is not named is not here. */
  readonly settings: ReadonlyMap<string, SdkconfigSetting>;
}

export interface SdkconfigSetting {
  /** As written, without quotation marks: "y", "n", "0x1000", a text. */
  readonly value: string;
  /** From 1. */
  readonly line: number;
}
