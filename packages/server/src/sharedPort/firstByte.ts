import type { Duplex } from 'node:stream';

/**
 * The first byte of a stream that nobody has read from. It is put back: who reads the stream next, reads it again.
 * `found` is called once at most, with `undefined` when the other side ends without a byte; never after the stream is
 * destroyed.
 */
export function firstByte(stream: Duplex, found: (byte: number | undefined) => void): void {
  const settle = (byte: number | undefined): void => {
    stream.off('readable', read);
    stream.off('end', ended);
    found(byte);
  };
  const read = (): void => {
    const first = stream.read(1) as Uint8Array | null;
    if (first === null) return;
    stream.unshift(first);
    settle(first[0]);
  };
  const ended = (): void => settle(undefined);
  stream.on('readable', read);
  stream.on('end', ended);
}
