/** The two lines by which a host resets a chip (Espressif, esptool documentation, "Boot Mode Selection"). */
export interface PortLines {
  /** Holds the boot button down. */
  readonly dtr: boolean;
  /** Holds the chip in reset. */
  readonly rts: boolean;
}

/** A serial port with a chip at its other end: one of the machine, of a browser, or over a network. */
export interface SerialPort {
  /** Takes what comes; one listener at a time. What comes while there is none is lost. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  /** The port is gone, by a pulled cable or a closed connection. */
  readonly closed: AbortSignal;
  /** False where only bytes go through: then nobody but a person can reset the chip. */
  readonly hasLines: boolean;
  write(bytes: Uint8Array): Promise<void>;
  setBaud(baud: number): Promise<void>;
  /** Both at once, or the chip sees a state between. */
  setLines(lines: PortLines): Promise<void>;
}
