import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { encodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { wants } from '../../../../test/support/wants.ts';
import { httpsChallenges } from './httpsChallenge.ts';
import { TestAuthority, TestFolder } from './tlsBench.testing.ts';

const openssl = wants('openssl');
const challenge = encodeNonce(new Uint8Array(32).fill(1));

let folder: TestFolder;
before(async () => {
  folder = await TestFolder.make();
});
after(() => folder[Symbol.asyncDispose]());

/** Asks a server that answers with `answer`, trusting its authority or another one. */
async function ask(answer: string, trusted = true): Promise<string> {
  const [ours, other] = [await TestAuthority.make(folder.path), await TestAuthority.make(folder.path)];
  const server = createServer({ ...(await ours.issue('DNS:localhost')) }, (_, response) => response.end(answer));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return await httpsChallenges(`https://localhost:${port}`, await (trusted ? ours : other).pem)('a client id');
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('the challenge of the API is asked for', openssl, async () => {
  assert.equal(await ask(JSON.stringify({ challenge, serverTimeMs: 1 })), challenge);
});

for (const answer of ['', 'null', '{}', '{"challenge":7}', '{"challenge":"AAAA"}', '<html>']) {
  test(`an answer ${JSON.stringify(answer)} is no challenge`, openssl, async () => {
    await assert.rejects(ask(answer), { code: 'CHALLENGE_NOT_GIVEN' });
  });
}

test('an API under another authority is told nothing', openssl, async () => {
  await assert.rejects(ask(JSON.stringify({ challenge }), false), { code: 'CHALLENGE_NOT_GIVEN' });
});
