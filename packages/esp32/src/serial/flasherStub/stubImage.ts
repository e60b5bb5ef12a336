import { base64Decode } from '@mkiot/core/bytes/base64';

/** A flasher stub as its releases are: two segments in base64, and where it starts. */
export interface StubRelease {
  readonly entry: number;
  readonly textStart: number;
  readonly text: readonly string[];
  readonly dataStart: number;
  readonly data: readonly string[];
}

export interface StubSegment {
  readonly address: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What goes into RAM. */
export function stubSegments({ textStart, text, dataStart, data }: StubRelease): readonly StubSegment[] {
  return [
    { address: textStart, bytes: decode(text) },
    { address: dataStart, bytes: decode(data) },
  ];
}

function decode(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const bytes = base64Decode(lines.join(''));
  if (bytes === undefined) throw new TypeError('a flasher stub is no base64');
  return bytes;
}
