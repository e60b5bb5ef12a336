/** Something that measures one quantity. */
export interface Sensor {
  /** The member of telemetry and config that it has: `temperature`. */
  readonly name: string;
  /** Unit of what it reads, in UCUM: `Cel`, `%`, `V`. */
  readonly unit: string;
  /** Telemetry of which subfolder carries it; default: `sensors`. */
  readonly subfolder?: 'sensors' | 'position';
  /**
   * One measurement. A sensor that fails rejects or answers a number that is not finite.
   *
   * @param nowMs wall-clock time in milliseconds since 1970; simulated sensors follow the hour of the day
   */
  readonly read: (nowMs: number) => number | Promise<number>;
}
