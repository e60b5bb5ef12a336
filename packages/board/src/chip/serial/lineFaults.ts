/** What can go wrong on a serial line. */
export interface LineFaults {
  /** What arrives of `bytes`, which were sent. */
  disturb(bytes: Uint8Array): Uint8Array;
}
