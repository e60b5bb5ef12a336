/** Decides from which addresses connections are taken, by what comes from them before anybody has shown who he is. */
export interface AddressWatch {
  /** Whether a connection from this address is taken. */
  admits(address: string): boolean;
  /** A connection from there has ended before a TLS handshake was done. */
  abandoned(address: string): void;
}

/** A network whose addresses are not let in, as `networkOf` names it; a duration of 0: they are let in again. */
export interface ShutOut {
  readonly network: string;
  readonly forMs: number;
}

/** A watch whose decisions can be told to others, who have to decide alike. */
export interface SharedAddressWatch extends AddressWatch {
  /** What holds now. */
  shutOut(): readonly ShutOut[];
  /** Tells each change from now on, until the returned function is called. */
  onChange(callback: (change: ShutOut) => void): () => void;
}
