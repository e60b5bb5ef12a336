import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readJsonBody } from './readJsonBody.ts';

const MAX = 1_000;

function read(body: string | Uint8Array<ArrayBuffer> | undefined, encoding?: string): Promise<unknown> {
  const headers = encoding === undefined ? {} : { 'content-encoding': encoding };
  const request = new Request('http://localhost/', {
    method: 'POST',
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return readJsonBody(request, MAX);
}

test('a body is JSON, plain or compressed, and an empty one is an empty message', async () => {
  assert.deepEqual(await read('{"level":3}'), { level: 3 });
  assert.deepEqual(await read('{"level":3}', 'identity'), { level: 3 });
  assert.deepEqual(await read(new Uint8Array(gzipSync('{"level":3}')), 'GZIP'), { level: 3 });
  assert.deepEqual(await read(''), {});
  assert.deepEqual(await read(undefined), {});
  assert.deepEqual(await read(new Uint8Array(gzipSync('')), 'gzip'), {});
});

const gzip = new Uint8Array(gzipSync('{"level":3}'));
const REFUSED: readonly [what: string, body: string | Uint8Array<ArrayBuffer>, encoding: string, code: string][] = [
  ['no JSON', 'level=3', 'identity', 'BODY_NOT_JSON'],
  ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'identity', 'BODY_NOT_JSON'],
  ['too long', `"${'a'.repeat(MAX)}"`, 'identity', 'BODY_TOO_LARGE'],
  ['another encoding', 'x', 'br', 'BODY_ENCODING_UNKNOWN'],
  ['two encodings', gzip, 'gzip, gzip', 'BODY_ENCODING_UNKNOWN'],
  ['no gzip', '{"level":3}', 'gzip', 'BODY_NOT_GZIP'],
  ['a gzip that is cut off', gzip.slice(0, -4), 'gzip', 'BODY_NOT_GZIP'],
  ['a gzip that was changed', gzip.with(gzip.length - 5, (gzip.at(-5) ?? 0) ^ 1), 'gzip', 'BODY_NOT_GZIP'],
  ['a gzip with something behind it', Uint8Array.from([...gzip, 1, 2, 3]), 'gzip', 'BODY_NOT_GZIP'],
  ['a small gzip of much', new Uint8Array(gzipSync(`"${'a'.repeat(1_000_000)}"`)), 'gzip', 'BODY_TOO_LARGE'],
];
for (const [what, body, encoding, code] of REFUSED) {
  test(`a body that is ${what} is refused with ${code}`, () => assert.rejects(read(body, encoding), { code }));
}
