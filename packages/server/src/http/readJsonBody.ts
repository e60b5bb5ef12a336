import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { httpError } from './httpErrors.ts';

/**
 * The JSON value in a request's body, which may be compressed with gzip. An empty body is an empty message, as Google's
 * front end has it.
 *
 * @param maxBytes a body that is longer, also when it has been decompressed, is not read to its end
 * @throws `BODY_NOT_JSON`, `BODY_TOO_LARGE`, `BODY_ENCODING_UNKNOWN`, `BODY_NOT_GZIP`
 */
export async function readJsonBody(request: Request, maxBytes: number): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(utf8Decode(bytes)) as unknown;
  } catch {
    // The cause would quote the body, which may hold a secret.
    throw httpError('BODY_NOT_JSON');
  }
}

async function readBytes({ body, headers }: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(headers.get('content-length')) > maxBytes) throw httpError('BODY_TOO_LARGE', { max: maxBytes });
  if (body === null) return new Uint8Array();
  const encoding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return collect(body, maxBytes);
  if (encoding !== 'gzip') throw httpError('BODY_ENCODING_UNKNOWN');
  try {
    return await collect(body.pipeThrough(new DecompressionStream('gzip')), maxBytes);
  } catch (error) {
    // Of all errors of a stream only the decompressor's is a TypeError.
    throw error instanceof TypeError ? httpError('BODY_NOT_GZIP', {}, error) : error;
  }
}

async function collect(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxBytes) throw httpError('BODY_TOO_LARGE', { max: maxBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
