/** A version of what a device is to be like. Times are wall clock, milliseconds since 1970. */
export interface ConfigVersion {
  /** 1, 2, 3… for each device. */
  readonly version: number;
  readonly cloudUpdateMs: number;
  /** When the device's PUBACK of this version came; undefined: not yet. */
  readonly deviceAckMs: number | undefined;
  readonly payload: Uint8Array;
}

/** What a device said it is like. */
export interface ReportedState {
  readonly updateMs: number;
  readonly payload: Uint8Array;
}
