import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import { encodeConnack } from '@mkiot/core/mqtt/connack';
import { encodePubacks } from '@mkiot/core/mqtt/puback';
import { issueAuthority, issueServerCertificate } from '@mkiot/server/certificates/issueCertificates';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import type { Target } from './job.ts';
import { runLoad } from './loads.ts';

/** What a server sees of one connection. */
interface Seen {
  readonly packets: string[];
  /** The bytes that came in one TLS record. */
  readonly records: number[];
}

/** A broker in a few lines: it accepts everybody, or nobody, and acknowledges everything. */
async function startBroker(
  accepts: boolean,
): Promise<AsyncDisposable & { readonly target: Target; readonly seen: Seen }> {
  const authority = await issueAuthority('Test authority', Date.now(), randomFill);
  const identity = { names: ['localhost'], addresses: ['127.0.0.1'] };
  const server = createServer(await issueServerCertificate(authority, identity, Date.now(), randomFill));
  const seen: Seen = { packets: [], records: [] };
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: 10_000 });
    socket.on('data', (chunk: Buffer) => {
      seen.records.push(chunk.length);
      parser.push(chunk);
      for (let packet = parser.next(); packet !== undefined; packet = parser.next()) {
        seen.packets.push(packet.type);
        if (packet.type === 'CONNECT') {
          socket.write(encodeConnack({ type: 'CONNACK', sessionPresent: false, returnCode: accepts ? 0 : 5 }, 4));
        } else if (packet.type === 'PUBLISH' && packet.packetId !== undefined) {
          socket.write(encodePubacks([packet.packetId]));
        }
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const logins = ['device-0', 'device-1'].map((id) => ({ clientId: id, deviceId: id, password: 'secret' }));
  return {
    target: {
      name: 'test',
      port,
      authority: authority.cert,
      pids: [process.pid],
      core: 0,
      logins,
      onDisk: 'unseen',
    },
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const onLinux = { skip: process.platform === 'linux' ? false : 'the load reads /proc, which is of Linux' };
const times = { warmUpSeconds: 0, seconds: 0.2 };

test('messages are acknowledged, each in a TLS record of its own', onLinux, async () => {
  await using broker = await startBroker(true);
  const load = { kind: 'publish', connections: 2, window: 3, qos: 1, payloadBytes: 100 } as const;
  const measurement = await runLoad({ target: broker.target, load, ...times });
  const { packets, records } = broker.seen;
  assert.ok(measurement.done >= 6);
  assert.ok(measurement.latencyMs !== undefined && measurement.latencyMs.p50 > 0);
  assert.equal(packets.length, records.length);
  assert.equal(new Set(packets).size, 2);
  assert.equal(new Set(records.slice(-6)).size, 1);
});

test('a server that refuses a login fails the load', onLinux, async () => {
  await using broker = await startBroker(false);
  const load = { kind: 'publish', connections: 1, window: 1, qos: 1, payloadBytes: 10 } as const;
  await assert.rejects(runLoad({ target: broker.target, load, ...times }), { code: 'LOAD_LOGIN_REFUSED' });
});

test('logins are counted one by one', onLinux, async () => {
  await using broker = await startBroker(true);
  const load = { kind: 'connect', concurrency: 2 } as const;
  const { done } = await runLoad({ target: broker.target, load, ...times });
  assert.ok(done > 0);
  assert.ok(broker.seen.packets.filter((type) => type === 'CONNECT').length >= done);
});
