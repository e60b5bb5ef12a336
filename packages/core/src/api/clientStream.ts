import { clientError } from './clientErrors.ts';

/** Longest line that is collected: an event's 256 KiB in base64, its attributes, and room. */
const LINE_CHARACTERS = 1_048_576;

/**
 * The values of a newline-delimited JSON stream, as they arrive. Empty lines keep a connection alive and are skipped.
 * Leaving the loop cancels the stream. Throws `SERVER_STREAM_BROKEN` for a line that is too long, is no JSON, or was
 * cut off by the end.
 */
export async function* readJsonLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let line = 0;
  const next = () =>
    reader.read().catch((error: unknown) => {
      throw malformed(line + 1, 'the connection broke', error);
    });
  try {
    for (let read = await next(); !read.done; read = await next()) {
      const lines = (text + decodeChunk(decoder, read.value, line + 1)).split('\n');
      text = lines.pop() ?? '';
      for (const complete of lines) {
        line += 1;
        if (complete.trim() !== '') yield parseLine(complete, line);
      }
      if (text.length > LINE_CHARACTERS) throw malformed(line + 1, 'it is too long');
    }
    if (text !== '') throw malformed(line + 1, 'the connection ended inside it');
  } finally {
    await reader.cancel().catch(() => {
      // The stream has failed by itself, and the loop above has thrown why.
    });
  }
}

function decodeChunk(decoder: TextDecoder, chunk: Uint8Array, line: number): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw malformed(line, 'it is not UTF-8', error);
  }
}

function parseLine(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(line, 'it is not JSON', error);
  }
}

function malformed(line: number, reason: string, cause?: unknown): Error {
  return clientError('SERVER_STREAM_BROKEN', { line, reason }, cause);
}
