import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNvsCsv } from './parseNvsCsv.ts';

const HEADER = 'key,type,encoding,value';
const noFile = (): Promise<never> => Promise.reject(new Error('no file was expected'));

function parse(lines: readonly string[], readFile: (path: string) => Promise<Uint8Array> = noFile) {
  return parseNvsCsv(utf8Encode(lines.join('\n')), readFile);
}

test('values come from files too', async () => {
  const files: Readonly<Record<string, string>> = { 'h.hex': ' 0aFF\n', 't.txt': 'hello', 'n.txt': ' 42\n' };
  const rows = await parse(
    [HEADER, 'a,namespace', 'h,file,hex2bin,h.hex', 't,file,string,t.txt', 'b,file,binary,t.txt', 'n,file,u8,n.txt'],
    (path) => Promise.resolve(utf8Encode(files[path] ?? '')),
  );
  assert.deepEqual(rows, [
    { namespace: 'a' },
    { key: 'h', type: 'blob', value: Uint8Array.of(10, 255) },
    { key: 't', type: 'string', value: 'hello' },
    { key: 'b', type: 'blob', value: utf8Encode('hello') },
    { key: 'n', type: 'uint8_t', value: 42n },
  ]);
});

test('a CSV that says something wrong is refused with the line', async () => {
  for (const [line, code] of [
    ['k,data,u8', 'NVS_CSV_CELLS'],
    ['k,data,u8,1,2', 'NVS_CSV_CELLS'],
    ['k,datum,u8,1', 'NVS_CSV_TYPE'],
    ['k,data,u7,1', 'NVS_CSV_ENCODING'],
    ['k,data,toString,1', 'NVS_CSV_ENCODING'],
    ['k,data,blob_fill(4),1', 'NVS_CSV_ENCODING'],
    ['k,data,blob_fill(2;0x00),abc', 'NVS_CSV_VALUE'],
    ['k,data,u8,0x10', 'NVS_CSV_VALUE'],
    ['k,data,u8,', 'NVS_CSV_VALUE'],
    ['k,data,hex2bin,abc', 'NVS_CSV_VALUE'],
    ['k,data,hex2bin,xy', 'NVS_CSV_VALUE'],
    ['k,data,base64,a', 'NVS_CSV_VALUE'],
    ['k,data,string,"open', 'CSV_QUOTE'],
  ] as const) {
    await assert.rejects(parse([HEADER, 'a,namespace,,', line]), { code, message: /line 3|Line 3/ }, line);
  }
  await assert.rejects(parse([]), { code: 'NVS_CSV_HEADER' });
  await assert.rejects(parse(['key,encoding,type,value']), { code: 'NVS_CSV_HEADER' });
  await assert.rejects(parseNvsCsv(new Uint8Array(9), noFile), { code: 'CSV_TEXT', message: /offset 0x0/ });
  const binaryFile = () => Promise.resolve(Uint8Array.of(0xff));
  await assert.rejects(parse([HEADER, 'k,file,string,x'], binaryFile), { code: 'NVS_CSV_VALUE' });
});

test('no error tells a value', async () => {
  for (const encoding of ['u8', 'hex2bin', 'base64', 'blob_fill(3;0x00)']) {
    await assert.rejects(
      parse([HEADER, `k,data,${encoding},?secret?`]),
      (error: Error) => !error.message.includes('secret'),
    );
  }
});

test('a random CSV is rows or a clear error', async () => {
  const word = fc.constantFrom('k', 'namespace', 'data', 'u8', 'string', 'hex2bin', '"', '1', 'ff', '', ',', '\n', '#');
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 40 }), async (words) => {
      try {
        await parse([HEADER, words.join(',')]);
      } catch (error) {
        assert.ok(error instanceof MkiotError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
