import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { exceptOnBun } from '../../runtime/javascriptRuntime.testing.ts';
import { randomFill } from '../../runtime/nodeCrypto.ts';
import { TestClient, connectPacket } from '../bridge.testing.ts';
import { serverCertificate, TlsBench } from '../tls.testing.ts';
import { listenForDevices } from './listenForDevices.ts';
import { TicketKeys } from './ticketKeys.ts';

test('TLS 1.3 takes AES-128-GCM and X25519 first', async () => {
  await using bench = await TlsBench.open();
  const ciphers = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';
  const socket = await bench.tls({ ciphers });
  assert.equal(socket.getProtocol(), 'TLSv1.3');
  assert.equal(socket.getCipher().standardName, 'TLS_AES_128_GCM_SHA256');
  assert.equal((socket.getEphemeralKeyInfo() as { name: string }).name, 'X25519');
});

test('a client that pins TLS 1.2, as old IoT Core samples do, is served', async () => {
  await using bench = await TlsBench.open();
  const socket = await bench.tls({ maxVersion: 'TLSv1.2' });
  assert.equal(socket.getCipher().standardName, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
  const client = new TestClient(socket);
  client.send(connectPacket('pump-1'));
  assert.equal((await client.packet())?.type, 'CONNACK');
});

for (const [name, options] of [
  ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
  ['TLS 1.2 with CBC', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA' }],
  ['TLS 1.2 without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256:AES256-GCM-SHA384' }],
] as const) {
  test(`${name} is refused`, async () => {
    await using bench = await TlsBench.open();
    await assert.rejects(bench.tls(options), (error: NodeJS.ErrnoException) => /SSL|TLS|ECONN/.test(error.code ?? ''));
    assert.equal(bench.bench.bridge.counts.connectionsAccepted, 0);
  });
}

test('no plain text is served', async () => {
  await using bench = await TlsBench.open();
  const socket = await bench.tcp();
  socket.write('GET / HTTP/1.1\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
  assert.equal(bench.bench.bridge.counts.connectionsAccepted, 0);
});

test('a new certificate is for new connections; those that are open go on', async () => {
  await using bench = await TlsBench.open();
  const old = await bench.tls();
  const client = new TestClient(old);
  client.send(connectPacket('pump-1'));
  await client.packet();
  const before = old.getPeerCertificate().serialNumber;
  bench.listener.setSecureContext(await serverCertificate(bench.authority));
  const socket = await bench.tls();
  assert.notEqual(socket.getPeerCertificate().serialNumber, before);
  assert.equal(socket.getCipher().standardName, 'TLS_AES_128_GCM_SHA256');
  assert.deepEqual(await client.packetsBeforePong(), []);
});

const ticket = exceptOnBun('its TLS client tells no session');
test('a client resumes its TLS session with a ticket, until the ticket keys are changed', ticket, async () => {
  await using bench = await TlsBench.open();
  const first = await bench.tls();
  const [session] = (await once(first, 'session')) as [Buffer];
  assert.equal((await bench.tls({ session })).isSessionReused(), true);
  await bench.bench.clock.advanceAsync(12 * 3_600_000 - 1);
  assert.equal((await bench.tls({ session })).isSessionReused(), true);
  await bench.bench.clock.advanceAsync(1);
  assert.equal((await bench.tls({ session })).isSessionReused(), false);
});

test('a new certificate does not cost the tickets', ticket, async () => {
  await using bench = await TlsBench.open();
  const first = await bench.tls();
  const [session] = (await once(first, 'session')) as [Buffer];
  bench.listener.setSecureContext(await serverCertificate(bench.authority));
  assert.equal((await bench.tls({ session })).isSessionReused(), true);
});

test('ticket keys are changed every twelve hours, and the certificate stays', async () => {
  await using bench = await TlsBench.open();
  bench.listener.setSecureContext(await serverCertificate(bench.authority));
  const { serialNumber } = (await bench.tls()).getPeerCertificate();
  for (let halfDays = 0; halfDays < 3; halfDays++) {
    await bench.bench.clock.advanceAsync(12 * 3_600_000);
    assert.equal((await bench.tls()).getPeerCertificate().serialNumber, serialNumber);
  }
});

test('who opens a TCP connection and begins no TLS is cut after ten seconds, and not before', async () => {
  await using bench = await TlsBench.open();
  const { clock } = bench.bench;
  const early = (await bench.tcp()).resume();
  const earlyClosed = once(early, 'close');
  await connectionsReach(bench, 1);
  await clock.advanceAsync(4_000);
  const late = (await bench.tcp()).resume();
  const lateClosed = once(late, 'close');
  await connectionsReach(bench, 2);
  await clock.advanceAsync(5_999);
  assert.equal(bench.listener.connectionCount, 2);
  await clock.advanceAsync(1);
  await earlyClosed;
  assert.equal(late.destroyed, false);
  await clock.advanceAsync(4_000);
  await lateClosed;
  await connectionsReach(bench, 0);
});

test('the time for the handshake is part of the time for the login', async () => {
  await using bench = await TlsBench.open();
  const tcp = await bench.tcp();
  await connectionsReach(bench, 1);
  await bench.bench.clock.advanceAsync(6_000);
  const client = new TestClient(await bench.tls({ socket: tcp }));
  while (bench.bench.bridge.connectionCount === 0) await new Promise(setImmediate);
  await bench.bench.clock.advanceAsync(5_000);
  await client.ended();
  assert.match(bench.bench.domain.story.join(), /No CONNECT came in time/);
});

test('a port that is taken is named', async () => {
  await using bench = await TlsBench.open();
  const { clock, log, bridge } = bench.bench;
  const certificate = await serverCertificate(bench.authority);
  const { port } = bench.listener;
  const ticketKeys = new TicketKeys(clock, randomFill);
  const options = { host: '127.0.0.1', port, certificate, ticketKeys, clock, log, accept: bridge.accept };
  await assert.rejects(listenForDevices(options), {
    code: 'MQTT_LISTEN_FAILED',
    message: new RegExp(`127.0.0.1 port ${port}: EADDRINUSE`),
  });
});

test('a closed listener takes nobody, cuts handshakes, and leaves connections to who took them', async () => {
  await using bench = await TlsBench.open();
  const client = new TestClient(await bench.tls());
  client.send(connectPacket('pump-1'));
  await client.packet();
  const handshakeClosed = once((await bench.tcp()).resume(), 'close');
  await connectionsReach(bench, 2);
  await bench.listener.close();
  await handshakeClosed;
  await assert.rejects(bench.tls(), { code: 'ECONNREFUSED' });
  assert.deepEqual(await client.packetsBeforePong(), []);
});

test('an address that is not admitted is cut before its TLS handshake', async () => {
  const abandoned: string[] = [];
  const watch = {
    admits: (address: string) => address !== '127.0.0.1',
    abandoned: (it: string) => void abandoned.push(it),
  };
  await using bench = await TlsBench.open(watch);
  await assert.rejects(bench.tls(), (error: NodeJS.ErrnoException) => error.code === 'ECONNRESET');
  await connectionsReach(bench, 0);
  assert.equal(bench.bench.bridge.counts.connectionsAccepted, 0);
  assert.deepEqual(abandoned, [], 'who was not let in has done nothing');
});

test('every connection that ends without TLS is told, once, with its address', async () => {
  const abandoned: string[] = [];
  await using bench = await TlsBench.open({ admits: () => true, abandoned: (it) => void abandoned.push(it) });
  const gone = await bench.tcp();
  await connectionsReach(bench, 1);
  gone.resetAndDestroy();
  await connectionsReach(bench, 0);
  assert.deepEqual(abandoned, ['127.0.0.1']);
  const plain = (await bench.tcp()).resume();
  plain.write('GET / HTTP/1.1\r\n\r\n');
  await once(plain, 'close');
  await connectionsReach(bench, 0);
  assert.equal(abandoned.length, 2);
  (await bench.tcp()).resume();
  await connectionsReach(bench, 1);
  await bench.bench.clock.advanceAsync(10_000);
  await connectionsReach(bench, 0);
  assert.equal(abandoned.length, 3);
  const client = new TestClient(await bench.tls());
  client.send(connectPacket('pump-1'));
  await client.packet();
  (await bench.tcp()).resume();
  await connectionsReach(bench, 2);
  await bench.listener.close();
  await connectionsReach(bench, 1);
  assert.equal(abandoned.length, 3, 'neither who had TLS nor who was cut by the end of the listener');
});

/** Accepting and closing take turns of the event loop; how many, nobody knows. */
async function connectionsReach(bench: TlsBench, count: number): Promise<void> {
  while (bench.listener.connectionCount !== count) await new Promise(setImmediate);
}
