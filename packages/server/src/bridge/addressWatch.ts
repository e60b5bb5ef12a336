/** Decides from which addresses connections are taken, by what comes from them before anybody has shown who he is. */
export interface AddressWatch {
  /** Whether a connection from this address is taken. */
  admits(address: string): boolean;
  /** A connection from there has ended before a TLS handshake was done. */
  abandoned(address: string): void;
}
