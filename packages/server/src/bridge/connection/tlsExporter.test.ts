import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoginAttempt } from '../hooks.ts';
import { connectPacket, TestClient } from '../bridge.testing.ts';
import { TlsBench } from '../tls.testing.ts';

const LABEL = 'EXPORTER-Channel-Binding';

/** The login attempt that the domain sees of a connection. */
async function attemptOver(tls: TlsBench, maxVersion: 'TLSv1.2' | 'TLSv1.3') {
  const { domain } = tls.bench;
  const seen = Promise.withResolvers<LoginAttempt>();
  const authenticate = domain.authenticate.bind(domain);
  domain.authenticate = (attempt) => {
    seen.resolve(attempt);
    return authenticate(attempt);
  };
  const socket = await tls.tls({ maxVersion });
  new TestClient(socket).send(connectPacket('pump-1'));
  return { socket, attempt: await seen.promise };
}

test('both ends of a TLS 1.3 connection have the same keying material, and no other connection has it', async () => {
  await using tls = await TlsBench.open();
  const [first, second] = [await attemptOver(tls, 'TLSv1.3'), await attemptOver(tls, 'TLSv1.3')];
  const ours = first.attempt.tlsExporter?.(LABEL, 32);
  assert.deepEqual(ours, first.socket.exportKeyingMaterial(32, LABEL, Buffer.alloc(0)));
  assert.notDeepEqual(ours, second.attempt.tlsExporter?.(LABEL, 32));
  assert.notDeepEqual(ours, first.attempt.tlsExporter?.('EXPORTER-Other', 32));
});

test('over TLS 1.2 there is no exporter to rely on', async () => {
  await using tls = await TlsBench.open();
  const { attempt } = await attemptOver(tls, 'TLSv1.2');
  assert.equal(attempt.tlsExporter, undefined);
});
