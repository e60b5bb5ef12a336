import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { issueAuthority } from '../../certificates/issueCertificates.ts';
import { exceptOnBun } from '../../runtime/javascriptRuntime.testing.ts';
import { randomFill } from '../../runtime/nodeCrypto.ts';
import { BridgeBench } from '../bridge.testing.ts';
import { serverCertificate } from '../tls.testing.ts';
import { BunListener } from './bunListener.ts';
import { TicketKeys } from './ticketKeys.ts';

const hasOne = exceptOnBun('it has a native listener');
test(
  'where no native listener lies below TLS the start is refused by name, and the port is free again',
  hasOne,
  async () => {
    const { clock, log, bridge } = new BridgeBench();
    const certificate = await serverCertificate(await issueAuthority('Test authority', Date.now(), randomFill));
    const port = await freePort();
    const ticketKeys = new TicketKeys(clock, randomFill);
    const options = { host: '127.0.0.1', port, certificate, ticketKeys, clock, log, accept: bridge.accept };
    await assert.rejects(BunListener.listen(options), { code: 'BUN_LISTENER_UNKNOWN' });
    assert.equal(await freePort(port), port);
    await bridge.close();
  },
);

/** @param port 0: any */
async function freePort(port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: found } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return found;
}
