/** What a login can be bound to, so that it is worth nothing elsewhere (docs/protocol.md, "The signed bytes"). */
export interface ChannelBinding {
  /** SHA-256 of the SubjectPublicKeyInfo of the certificate authority that vouches for the server. */
  readonly bridgeId: Uint8Array;
  /** RFC 9266, `tls-exporter`; with TLS 1.3 only. */
  readonly exporter: Uint8Array | undefined;
}

/** An open connection that carries bytes in order: a TLS socket, a serial line, a stream in a browser. */
export interface ByteStream {
  /** What the peer sends. Ends when the peer or `close` ends it, throws when the connection breaks. Read it once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Resolves when the transport can take more, or never will. Never rejects: a broken connection shows in `chunks`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Undefined when the transport authenticates nobody: then nothing can be signed for it. */
  readonly binding?: ChannelBinding | undefined;
  /** Ends both directions. What was written before still goes out if it can. Harmless when closed. */
  close(): void;
}

/** Opens a connection to the one server it stands for. Rejects when there is none, or when `signal` is aborted first. */
export type OpenStream = (signal: AbortSignal) => Promise<ByteStream>;
