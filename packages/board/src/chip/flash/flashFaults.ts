/** A page that is programmed, or a sector that is erased. */
export interface FlashStep {
  readonly operation: 'program' | 'erase';
  readonly address: number;
  readonly length: number;
}

/** What can go wrong in a flash. Each page that is programmed and each sector that is erased asks it. */
export interface FlashFaults {
  /** How much of the step is done when the power goes, from 0 up to 1; undefined when it stays. */
  cutDuring(step: FlashStep): number | undefined;
  /** Changes `cells`, which hold the outcome of the step, to what damaged cells make of it. */
  damage(step: FlashStep, cells: Uint8Array): void;
}
