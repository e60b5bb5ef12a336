import assert from 'node:assert/strict';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { readPayload } from './payload.ts';
import type { TerminalInput } from './ports.ts';

const piped: TerminalInput = {
  isTerminal: false,
  readAll: async () => Uint8Array.of(1, 2, 3),
  ask: () => Promise.reject(new Error('nobody is there')),
  onKey: () => assert.fail('nobody is there'),
};

test('a payload comes from the argument, a file, the standard input or base64', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-cli-'));
  const file = join(folder.path, 'payload.bin');
  await writeFile(file, Uint8Array.of(0, 255));
  assert.deepEqual(await readPayload('{"ä":1}', {}, piped), utf8Encode('{"ä":1}'));
  assert.deepEqual(await readPayload('', {}, piped), new Uint8Array(0));
  assert.deepEqual(Uint8Array.from(await readPayload(undefined, { file }, piped)), Uint8Array.of(0, 255));
  assert.deepEqual(await readPayload('-', {}, piped), Uint8Array.of(1, 2, 3));
  assert.deepEqual(await readPayload(undefined, { base64: '_-8=' }, piped), Uint8Array.of(255, 239));
});

test('no payload, two payloads and a wrong payload are told apart, and none is repeated in the error', async () => {
  await assert.rejects(readPayload(undefined, {}, piped), { code: 'PAYLOAD_MISSING' });
  await assert.rejects(readPayload('a', { file: 'b' }, piped), { code: 'PAYLOAD_TWICE' });
  await assert.rejects(readPayload(undefined, { file: 'b', base64: 'YQ==' }, piped), { code: 'PAYLOAD_TWICE' });
  await assert.rejects(readPayload(undefined, { file: '/no/such' }, piped), { code: 'FILE_NOT_READ' });
  await assert.rejects(readPayload(undefined, { base64: 'secret!' }, piped), (error: Error) => {
    assert.doesNotMatch(error.message, /secret/);
    return (error as { code?: string }).code === 'PAYLOAD_NOT_BASE64';
  });
});
