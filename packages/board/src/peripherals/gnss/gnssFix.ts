/** A place on the WGS 84 ellipsoid. */
export interface Place {
  /** Degrees, north and east positive. */
  readonly latitude: number;
  readonly longitude: number;
  /** Metres above mean sea level. */
  readonly altitude: number;
}

/** What a receiver knows at one moment. */
export interface GnssFix extends Place {
  /** UTC, milliseconds since 1970. */
  readonly timeMs: number;
  /** 0: nothing is known yet; the rest then says nothing. */
  readonly dimensions: 0 | 2 | 3;
  /** Metres a second, over ground. */
  readonly speed: number;
  /** Degrees from north over east. */
  readonly course: number;
  readonly satellites: number;
  /** Metres that hold for about two of three positions. */
  readonly accuracy: number;
}
