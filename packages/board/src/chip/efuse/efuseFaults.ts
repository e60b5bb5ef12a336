/** What can go wrong while eFuses are burned. */
export interface EfuseFaults {
  /**
   * Takes out of `bits`, which are to be burned into `block`, those that stay blank.
   *
   * @returns whether the power goes meanwhile
   */
  burning(block: number, bits: Uint8Array): boolean;
}
