import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { InputFile } from './auditInput.ts';
import { inputError } from './inputErrors.ts';

/** The largest flash of these chips, bytes. */
const MAX_UNPACKED_BYTES = 0x8000000;

/** RFC 1952, section 2.3.1; the third byte is deflate, the only method. */
export function isGzip([first, second, third]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b && third === 8;
}

/**
 * Unpacks a file that gzip has packed. What unpacks to more than any flash holds is given up before it fills the memory.
 *
 * @throws `AUDIT_GZIP`
 */
export async function gunzip({ name: source, bytes }: InputFile): Promise<InputFile> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))) {
      length += part.length;
      if (length > MAX_UNPACKED_BYTES) break;
      parts.push(part);
    }
  } catch (error) {
    throw inputError('AUDIT_GZIP', { source, reason: 'it is cut or damaged' }, error);
  }
  if (length > MAX_UNPACKED_BYTES) {
    throw inputError('AUDIT_GZIP', { source, reason: 'what is in it is larger than any flash' });
  }
  return { name: source, bytes: concatBytes(...parts) };
}
