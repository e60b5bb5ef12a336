import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { systemClock } from '@mkiot/core/clock/systemClock';
import { wants } from '../../../../test/support/wants.ts';
import { httpsEnrolment } from './httpsEnrolment.ts';
import { TestAuthority, TestFolder } from './tlsBench.testing.ts';

const openssl = wants('openssl');
const CALL = { ticket: 'a ticket', device: 'a device', publicKey: 'a key', proof: '' };

let folder: TestFolder;
before(async () => {
  folder = await TestFolder.make();
});
after(() => folder[Symbol.asyncDispose]());

/** What becomes of an enrolment at a server that answers so, and what the server was told. */
async function redeem(status: number, answer: string, trusted = true) {
  const [ours, other] = [await TestAuthority.make(folder.path), await TestAuthority.make(folder.path)];
  const told: string[] = [];
  const server = createServer({ ...(await ours.issue('DNS:localhost')) }, (request, response) => {
    void text(request).then((body) => {
      told.push(`${request.method} ${request.url} ${body}`);
      response.writeHead(status).end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const address = { host: 'localhost', port, caPem: await (trusted ? ours : other).pem };
    const bridgeIds: Uint8Array[] = [];
    const made = httpsEnrolment(address, systemClock)(async (bridgeId) => {
      bridgeIds.push(bridgeId);
      return CALL;
    }, new AbortController().signal);
    return { outcome: await made.catch((error: unknown) => error), told, bridgeIds };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('an enrolment is made for the authority that vouches for the platform, and brought there', openssl, async () => {
  const { outcome, told, bridgeIds } = await redeem(200, '{"deviceNumId":"4711"}');
  assert.equal(outcome, '4711');
  assert.deepEqual(told, [`POST /v1/enrolmentTickets:redeem ${JSON.stringify(CALL)}`]);
  assert.deepEqual(
    bridgeIds.map(({ length }) => length),
    [32],
  );
});

test('a refusal is told apart from a platform that cannot be asked', openssl, async () => {
  const details = [{ reason: 'ENROLMENT_REFUSED' }];
  const refusal = JSON.stringify({ error: { status: 'UNAUTHENTICATED', message: 'no', details } });
  assert.equal(((await redeem(401, refusal)).outcome as { code: string }).code, 'ENROLMENT_REFUSED');
  for (const [status, answer] of [
    [401, 'no'],
    [502, ''],
    [200, '<html>'],
  ] as const) {
    const { outcome } = await redeem(status, answer);
    assert.equal((outcome as { code: string }).code, 'SERVER_ANSWER_MALFORMED');
  }
});

test('a platform under another authority is told nothing', openssl, async () => {
  const { outcome, told, bridgeIds } = await redeem(200, '{"deviceNumId":"4711"}', false);
  assert.equal((outcome as { code: string }).code, 'SERVER_NOT_TRUSTED');
  assert.deepEqual([told, bridgeIds], [[], []]);
});
