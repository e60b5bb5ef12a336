import { decodeText } from '../../bytes/decodeText.ts';
import type { AuditInput, InputFile } from './auditInput.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { inputError } from './inputErrors.ts';
import { recogniseBinary } from './recogniseBinary.ts';
import { isText, recogniseText } from './recogniseText.ts';

/** Enough to see whether a file is text, bytes. */
const HEAD = 0x1000;

/**
 * What a file is, by what is in it and never by its name.
 *
 * @throws `AUDIT_INPUT_UNKNOWN`, `AUDIT_INPUT_EMPTY`, `AUDIT_INPUT_BROKEN`, `AUDIT_INPUT_KEY`, `AUDIT_GZIP`
 */
export async function recogniseInput(file: InputFile): Promise<AuditInput> {
  return recogniseUnpacked(await unpacked(file));
}

/** The contents of a file that may be packed. @throws `AUDIT_GZIP` */
export async function unpacked(file: InputFile): Promise<InputFile> {
  return isGzip(file.bytes) ? gunzip(file) : file;
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
