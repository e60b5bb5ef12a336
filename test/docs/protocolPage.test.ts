import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vectors from '../../packages/core/src/deviceLogin/vectors/signed-bytes.json' with { type: 'json' };

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

/** The hexadecimal at the beginning of each line of the page's examples, without the words behind it. */
const examples = [...page.matchAll(/```\n(.*?)```/gs)].map(([, block = '']) =>
  block
    .split('\n')
    .map((line) => /^(?:\s*\b[0-9a-f]+\b)*/.exec(line)?.[0].replaceAll(/\s/g, ''))
    .join(''),
);

test('the signed bytes that docs/protocol.md takes apart are those of the first vector', () => {
  assert.ok(examples.includes(vectors.cases[0]!.signedBytes));
});

test('the AUTH packets that docs/protocol.md takes apart are those of the vectors', () => {
  const [, challenge, answer] = vectors.packets.map(({ bytes }) => bytes) as [string, string, string];
  assert.ok(examples.includes(challenge + answer.slice(0, -128)));
});
