import { decodeText } from '../../bytes/decodeText.ts';
import type { AuditInput, InputFile } from './auditInput.ts';
import { inputError } from './inputErrors.ts';
import { recogniseBinary } from './recogniseBinary.ts';
import { isText, recogniseText } from './recogniseText.ts';

/** Unpacks what gzip has packed; rejects what is damaged, or longer than `maxBytes`. */
export type Gunzip = (packed: Uint8Array<ArrayBuffer>, maxBytes: number) => Promise<Uint8Array<ArrayBuffer>>;

/** The largest flash of these chips: 128 MB. */
const MAX_INPUT_BYTES = 0x8000000;
/** Enough to see whether a file is text, bytes. */
const HEAD = 0x1000;

/**
 * What a file is, by what is in it and never by its name.
 *
 * @throws `AUDIT_INPUT_UNKNOWN`, `AUDIT_INPUT_EMPTY`, `AUDIT_INPUT_BROKEN`, `AUDIT_INPUT_KEY`, `AUDIT_GZIP`
 */
export async function recogniseInput(file: InputFile, gunzip: Gunzip): Promise<AuditInput> {
  const { name: source, bytes } = file;
  if (bytes.length === 0) throw inputError('AUDIT_INPUT_EMPTY', { source });
  if (isGzip(bytes)) return recogniseUnpacked({ name: source, bytes: await unpack(file, gunzip) });
  return recogniseUnpacked(file);
}

/** The unpacked contents of a file that may be packed. @throws `AUDIT_GZIP` */
export async function unpacked(file: InputFile, gunzip: Gunzip): Promise<InputFile> {
  return isGzip(file.bytes) ? { name: file.name, bytes: await unpack(file, gunzip) } : file;
}

function recogniseUnpacked(file: InputFile): AuditInput {
  const { name: source, bytes } = file;
  if (bytes.length === 0) throw inputError('AUDIT_INPUT_EMPTY', { source });
  const isWritten = typeof decodeText(bytes.subarray(0, HEAD)) === 'string';
  // A recording of a serial line may hold noise, and a short key may look like a text with noise.
  const input = (isText(bytes) ? recogniseText(file) : undefined) ?? (isWritten ? undefined : recogniseBinary(file));
  if (input !== undefined) return input;
  const reason = isWritten
    ? 'a text without a line of a log, of a summary, or of settings'
    : `${bytes.length} bytes without a mark of any of them`;
  throw inputError('AUDIT_INPUT_UNKNOWN', { source, reason });
}

/** RFC 1952, section 2.3.1; the third byte is deflate, the only method. */
function isGzip([first, second, third]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b && third === 8;
}

async function unpack({ name: source, bytes }: InputFile, gunzip: Gunzip): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await gunzip(bytes, MAX_INPUT_BYTES);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it is damaged';
    throw inputError('AUDIT_GZIP', { source, reason }, error);
  }
}
