/** How long a flash takes, in milliseconds: the typical values of its data sheet. Reading takes none of its own. */
export interface FlashTiming {
  /** Up to 256 bytes. */
  readonly pageProgramMs: number;
  /** 4 KiB. */
  readonly sectorEraseMs: number;
  /** 64 KiB. */
  readonly blockEraseMs: number;
  /** The whole chip, for each MiB of it. */
  readonly chipEraseMsPerMebibyte: number;
}

export const FLASH_TIMINGS: Readonly<Record<'W25Q32JV' | 'unthrottled', FlashTiming>> = {
  /** Winbond W25Q32JV, "AC Electrical Characteristics": tPP, tSE, tBE2, tCE. */
  W25Q32JV: { pageProgramMs: 0.4, sectorEraseMs: 45, blockEraseMs: 150, chipEraseMsPerMebibyte: 2_500 },
  /** For everything that need not wait. */
  unthrottled: { pageProgramMs: 0, sectorEraseMs: 0, blockEraseMs: 0, chipEraseMsPerMebibyte: 0 },
};
