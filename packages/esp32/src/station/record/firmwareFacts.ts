import { toHex } from '@mkiot/core/bytes/bytes';
import { sha256 } from '../../bytes/sha256.ts';
import { recogniseContent } from '../../content/recogniseContent.ts';
import { appDescriptionOf } from '../../image/imageFacts.ts';
import { parseImage } from '../../image/parseImage.ts';
import type { FirmwarePart } from '../prepareFirmware.ts';

/** What firmware was written: its parts as they were built, before anything was signed or encrypted. */
export interface FirmwareFacts {
  /** Of the app, as it says itself. */
  readonly project: string | undefined;
  readonly version: string | undefined;
  readonly parts: readonly {
    readonly name: string;
    readonly offset: number;
    readonly bytes: number;
    readonly sha256: string;
  }[];
}

export function firmwareFacts(parts: readonly FirmwarePart[]): FirmwareFacts {
  const app = parts.find(({ bytes }) => recogniseContent(bytes) === 'app-image');
  const description = app && appDescriptionOf(parseImage(app.bytes));
  return {
    project: description?.projectName,
    version: description?.version,
    parts: parts.map(({ name, offset, bytes }) => ({
      name,
      offset,
      bytes: bytes.length,
      sha256: toHex(sha256(bytes)),
    })),
  };
}
