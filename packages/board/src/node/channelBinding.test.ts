import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { wants } from '../../../../test/support/wants.ts';
import { TestAuthority, TestFolder, TestTlsServer } from './tlsBench.testing.ts';
import { tlsOpener } from './tlsStream.ts';

const openssl = wants('openssl');

let folder: TestFolder;
before(async () => {
  folder = await TestFolder.make();
});
after(() => folder[Symbol.asyncDispose]());

for (const [version, isBound] of [
  ['TLSv1.3', true],
  ['TLSv1.2', false],
] as const) {
  for (const sendsAuthority of [true, false]) {
    const chain = sendsAuthority ? 'with' : 'without';
    test(
      `over ${version}, ${chain} the authority in the chain, both ends know what they are bound to`,
      openssl,
      async () => {
        const authority = await TestAuthority.make(folder.path);
        const caPem = await authority.pem;
        const { cert, key } = await authority.issue('DNS:localhost');
        const accepted = Promise.withResolvers<TLSSocket>();
        const options = { cert: sendsAuthority ? cert + caPem : cert, key, maxVersion: version };
        await using server = await TestTlsServer.listen(options, accepted.resolve);
        const open = tlsOpener({ host: 'localhost', port: server.port, caPem }, new VirtualClock());
        const stream = await open(new AbortController().signal);
        const socket = await accepted.promise;

        const spki = new X509Certificate(caPem).publicKey.export({ type: 'spki', format: 'der' });
        assert.deepEqual(stream.binding?.bridgeId, createHash('sha256').update(spki).digest());
        const exported = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
        assert.deepEqual(stream.binding.exporter, isBound ? exported : undefined);
        stream.close();
        socket.resume();
        await once(socket, 'close');
      },
    );
  }
}
