import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8Encode } from '../bytes/bytes.ts';
import { parseAttachPayload } from './attachPayload.ts';

const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJhIn0.c2ln-_8=';

const TOKENS = {
  [`{"authorization":"${TOKEN}"}`]: TOKEN,
  [`{ "authorization" : "${TOKEN}", "more": 1 }\n`]: TOKEN,
  // Google's Node.js sample, with a token.
  [`{ 'authorization' : ${TOKEN} }`]: TOKEN,
  [`{'authorization':'${TOKEN}'}`]: TOKEN,
  [`{ authorization: ${TOKEN} }`]: TOKEN,
};
for (const [payload, token] of Object.entries(TOKENS)) {
  test(`the token is found in ${payload.replace(TOKEN, '…')}`, () =>
    assert.equal(parseAttachPayload(utf8Encode(payload)), token));
}

const WITHOUT = [
  '',
  '{}',
  '{"authorization":""}',
  // Google's Python sample.
  '{"authorization" : ""}',
  // Google's Node.js sample, where the variable was never set.
  "{ 'authorization' : undefined }",
  "{ 'authorization' :  }",
  '{"authorization":null}',
  '{"authorization":{"authorization":"a.b.c"}}',
  '["authorization"]',
  'null',
  '"authorization"',
  `authorization: ${TOKEN}`,
  TOKEN,
  "{ 'authorization' : a.b.c, 'more': 1 }",
  `{"authorization":"${'a'.repeat(10_000)}"}`,
];
for (const payload of WITHOUT) {
  test(`there is no token in ${JSON.stringify(payload.slice(0, 50))}`, () =>
    assert.equal(parseAttachPayload(utf8Encode(payload)), undefined));
}

test('every token comes back from JSON and from the form of the sample', () => {
  const part = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
  fc.assert(
    fc.property(fc.tuple(part, part, part), (parts) => {
      const token = parts.join('.');
      assert.equal(parseAttachPayload(utf8Encode(JSON.stringify({ authorization: token }))), token);
      assert.equal(parseAttachPayload(utf8Encode(`{ 'authorization' : ${token} }`)), token);
    }),
  );
});

test('bytes of any kind are read without a fault', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => void parseAttachPayload(payload)));
});

test('a long payload that is no token takes no time', () => {
  const payload = utf8Encode(`{ 'authorization' ${' '.repeat(4_000)}:${' '.repeat(4_000)}`);
  const startMs = performance.now();
  assert.equal(parseAttachPayload(payload), undefined);
  assert.ok(performance.now() - startMs < 1_000);
});
