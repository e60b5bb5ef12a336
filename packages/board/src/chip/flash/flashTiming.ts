/** How long a flash takes, in milliseconds: the typical values of its data sheet. Reading alone takes none. */
export interface FlashTiming {
  /** Up to 256 bytes. */
  readonly pageProgramMs: number;
  /** 4 KiB. */
  readonly sectorEraseMs: number;
  /** 64 KiB. */
  readonly blockEraseMs: number;
  /** The whole chip, for each MiB of it. */
  readonly chipEraseMsPerMebibyte: number;
  /**
   * To read 1 MiB and make its digest, in a loader. Not of a data sheet, and published nowhere: reckoned from 64 bytes a
   * transaction on one line at 20 MHz, half a second, and as much for MD5 on a core at the crystal's 40 MHz.
   */
  readonly digestMsPerMebibyte: number;
}

export const FLASH_TIMINGS: Readonly<Record<'W25Q32JV' | 'unthrottled', FlashTiming>> = {
  /** Winbond W25Q32JV, "AC Electrical Characteristics": tPP, tSE, tBE2, tCE. */
  W25Q32JV: {
    pageProgramMs: 0.4,
    sectorEraseMs: 45,
    blockEraseMs: 150,
    chipEraseMsPerMebibyte: 2_500,
    digestMsPerMebibyte: 1_000,
  },
  /** For everything that need not wait. */
  unthrottled: {
    pageProgramMs: 0,
    sectorEraseMs: 0,
    blockEraseMs: 0,
    chipEraseMsPerMebibyte: 0,
    digestMsPerMebibyte: 0,
  },
};
