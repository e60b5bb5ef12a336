import type { TlsExporter } from '../hooks.ts';

/** What a socket tells. */
export interface DeviceSocketEvents {
  data: [chunk: Uint8Array];
  end: [];
  error: [error: Error];
  close: [];
}

/**
 * What the bridge needs of a connected socket, which must allow being half open. Those of Node have it, and so have those that
 * a worker carries.
 */
export interface DeviceSocket {
  readonly destroyed: boolean;
  /** Bytes that were written here and have not left. */
  readonly writableLength: number;
  /** Where the other end of TLS can compute the same, and the socket is not one of Node, which is asked itself. */
  readonly tlsExporter?: TlsExporter | undefined;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** @param written called when the bytes have left */
  write(bytes: Uint8Array, written: () => void): unknown;
  end(): unknown;
  destroy(): unknown;
  pause(): unknown;
  resume(): unknown;
}
