import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { publishPacket } from '../bridge/bridge.testing.ts';
import { serverCertificate } from '../bridge/tls.testing.ts';
import { exceptOnBun } from '../runtime/javascriptRuntime.testing.ts';
import { EXPORTER, WorkersBench } from './bridgeWorkers.testing.ts';
import { BridgeWorkers } from './bridgeWorkers.ts';
import { sharedListenPort } from './sharedListenPort.ts';

/** Enough connections that every worker has some of them. */
const MANY = 24;
const REFUSED = (error: NodeJS.ErrnoException): boolean => /ECONN|EPIPE/.test(error.code ?? '');

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}

/** Tries until it has come true so often in a row that every worker does it: orders reach a worker a moment later. */
async function inARow(isTrue: () => Promise<boolean>): Promise<void> {
  for (let times = 0; times < MANY;) times = (await isTrue()) ? times + 1 : 0;
}

function isTurnedAway(bench: WorkersBench): Promise<boolean> {
  return bench.tls().then(
    () => false,
    (error: unknown) => REFUSED(error as NodeJS.ErrnoException),
  );
}

test('what a device publishes through a worker is acknowledged on its connection', async () => {
  await using bench = await WorkersBench.open();
  const client = await bench.login('pump-1');
  client.send(
    publishPacket('/devices/pump-1/events', 'first', 1),
    publishPacket('/devices/pump-1/events', 'second', 2),
  );
  const answers = [await client.packet(), await client.packet()];
  assert.deepEqual(
    answers.map((answer) => (answer?.type === 'PUBACK' ? answer.packetId : answer)),
    [1, 2],
  );
  assert.deepEqual(
    bench.bench.domain.messages.map(({ text }) => text),
    ['first', 'second'],
  );
});

test('the last connection of a device wins, whichever worker has it, and the one before is told', async () => {
  await using bench = await WorkersBench.open();
  let last = await bench.login('pump-1');
  for (let login = 1; login < MANY; login++) {
    const next = await bench.login('pump-1');
    assert.deepEqual(await last.ended(), []);
    last = next;
  }
  assert.equal(bench.bench.bridge.session(1)?.epoch, MANY);
  assert.equal(bench.bench.bridge.sessionCount, 1);
  const ends = bench.bench.domain.story.filter((line) => line.startsWith('closed'));
  const expected = Array.from({ length: MANY - 1 }, (_, index) => `closed pump-1 #${index + 1} SERVER TAKEN_OVER`);
  assert.deepEqual(ends, expected);
});

test('a worker that fails ends its sessions with that reason, the others go on, and another one takes its place', async () => {
  await using bench = await WorkersBench.open();
  const devices = ['pump-1', 'pump-10', 'valve-2', 'hub-1', 'hub-2'];
  for (const deviceId of devices) await bench.login(deviceId);
  const { clock, domain, bridge } = bench.bench;
  await bench.threads[0]?.terminate();
  await until(() => bench.bench.logLines.join().includes('a bridge worker has failed'));
  const lost = domain.story.filter((line) => line.startsWith('closed'));
  assert.ok(lost.every((line) => line.endsWith(' SERVER WORKER_LOST')));
  assert.equal(bridge.sessionCount, devices.length - lost.length);
  assert.equal(bridge.connectionCount, bridge.sessionCount);
  await clock.advanceAsync(999);
  assert.equal(bench.threads.length, 2);
  await clock.advanceAsync(1);
  assert.equal(bench.threads.length, 3);
  await bench.threads[1]?.terminate();
  await until(() => bridge.sessionCount === 0);
  // Only the third is left. It may still be about to listen.
  for (let isIn = false; !isIn;) isIn = await bench.login('pump-1').then(() => true, REFUSED_IS_FALSE);
  assert.equal(bridge.sessionCount, 1);
});

const REFUSED_IS_FALSE = (error: unknown): false => {
  assert.ok(REFUSED(error as NodeJS.ErrnoException), String(error));
  return false;
};

test('an address that is shut out is turned away by every worker, which tells it, until it is let in again', async () => {
  await using bench = await WorkersBench.open();
  bench.watch.change({ network: '127.0.0.1', forMs: 3_600_000 });
  await inARow(() => isTurnedAway(bench));
  await until(() => bench.watch.told.length >= MANY);
  assert.deepEqual(new Set(bench.watch.told), new Set(['turned away 127.0.0.1']));
  bench.watch.change({ network: '127.0.0.1', forMs: 0 });
  await inARow(async () => !(await isTurnedAway(bench)));
});

test('a worker that takes the place of another knows who is shut out', async () => {
  await using bench = await WorkersBench.open({ count: 1 });
  bench.watch.change({ network: '127.0.0.1', forMs: 3_600_000 });
  await bench.threads[0]?.terminate();
  await until(() => bench.bench.logLines.length > 0);
  await bench.bench.clock.advanceAsync(1_000);
  await until(() => bench.threads.length === 2);
  while (bench.watch.told.length === 0) assert.equal(await isTurnedAway(bench), true);
  assert.equal(bench.watch.told[0], 'turned away 127.0.0.1');
});

test('who connects and begins no TLS is told as abandoned', async () => {
  await using bench = await WorkersBench.open({ handshakeMs: 20 });
  const silent = connect({ host: '127.0.0.1', port: bench.workers.port });
  silent.on('error', () => undefined);
  await once(silent.resume(), 'close');
  await until(() => bench.watch.told.length > 0);
  assert.deepEqual(bench.watch.told, ['abandoned 127.0.0.1']);
  assert.equal(bench.bench.bridge.counts.connectionsAccepted, 0);
});

test('every worker has the new certificate for new connections', async () => {
  await using bench = await WorkersBench.open();
  const client = await bench.login('pump-1');
  const before = (await bench.tls()).getPeerCertificate().serialNumber;
  bench.workers.setSecureContext(await serverCertificate(bench.authority));
  await inARow(async () => (await bench.tls()).getPeerCertificate().serialNumber !== before);
  assert.deepEqual(await client.packetsBeforePong(), []);
});

test('a certificate that cannot be used leaves the present one and the connections', async () => {
  await using bench = await WorkersBench.open();
  const client = await bench.login('pump-1');
  bench.workers.setSecureContext({ cert: 'no certificate', key: 'no key' });
  assert.deepEqual(await client.packetsBeforePong(), []);
  await bench.login('valve-2');
  await until(() => bench.bench.logLines.join().includes('cannot use its new certificate'));
  assert.equal(bench.threads.length, 2);
});

const ticket = exceptOnBun('its TLS client tells no session');
test('a session ticket of one worker is good at all of them, until the ticket keys are changed', ticket, async () => {
  await using bench = await WorkersBench.open();
  const first = await bench.tls();
  const [session] = (await once(first, 'session')) as [Buffer];
  for (let connection = 0; connection < MANY; connection++) {
    assert.equal((await bench.tls({ session })).isSessionReused(), true);
  }
  await bench.bench.clock.advanceAsync(12 * 3_600_000);
  await inARow(async () => !(await bench.tls({ session })).isSessionReused());
});

test('what a login is bound to is exported by the worker, and nothing else is', async () => {
  await using bench = await WorkersBench.open();
  const client = await bench.tls({ minVersion: 'TLSv1.3' });
  await bench.bench.hasConnections(1);
  const exporter = bench.accepted[0]?.tlsExporter;
  const { label, bytes } = EXPORTER;
  const theirs = client.exportKeyingMaterial(bytes, label, Buffer.alloc(0));
  assert.deepEqual(Buffer.from(exporter?.(label, bytes) ?? []), theirs);
  assert.throws(() => exporter?.('EXPORTER-Other', bytes), RangeError);
});

test('a connection of TLS 1.2 has nothing that a login could be bound to', async () => {
  await using bench = await WorkersBench.open();
  await bench.tls({ maxVersion: 'TLSv1.2' });
  await bench.bench.hasConnections(1);
  assert.equal(bench.accepted[0]?.tlsExporter, undefined);
});

test('closed workers take nobody and carry on what they have; ended ones cut it', async () => {
  await using bench = await WorkersBench.open();
  const client = await bench.login('pump-1');
  await bench.workers.close();
  await assert.rejects(bench.tls(), REFUSED);
  assert.deepEqual(await client.packetsBeforePong(), []);
  await bench.workers.end();
  await client.ended();
  assert.deepEqual(bench.bench.domain.story.slice(-1), ['closed pump-1 #1 SERVER WORKER_LOST']);
});

test('a bridge that closes says why to every device, and the workers carry it', async () => {
  await using bench = await WorkersBench.open();
  const client = await bench.login('pump-1');
  await bench.workers.close();
  const closed = bench.bench.bridge.close();
  assert.deepEqual(await client.ended(), []);
  client.socket.end();
  await closed;
  assert.deepEqual(bench.bench.domain.story.slice(1), ['closed pump-1 #1 SERVER SHUTTING_DOWN']);
});

test('a port that another program has is named, also when that is a bridge with workers', async () => {
  await using bench = await WorkersBench.open();
  const taken = { code: 'MQTT_LISTEN_FAILED', message: /EADDRINUSE/ };
  await assert.rejects(BridgeWorkers.listen({ ...bench.options, port: bench.workers.port }), taken);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await assert.rejects(BridgeWorkers.listen({ ...bench.options, port }), taken);
  other.close();
  assert.equal(bench.threads.length, 2);
});

test('a worker that cannot start stops the start, and nothing is left running', async () => {
  await using bench = await WorkersBench.open();
  const before = bench.threads.length;
  const certificate = { cert: 'no certificate', key: 'no key' };
  await assert.rejects(BridgeWorkers.listen({ ...bench.options, certificate }), { code: 'WORKER_NOT_STARTED' });
  assert.equal(bench.threads.length, before + 2);
  for (const { threadId } of bench.threads.slice(before)) assert.equal(threadId, -1);
  await bench.bench.clock.advanceAsync(10_000);
  assert.equal(bench.threads.length, before + 2);
});

test('a system on which listeners cannot share a port is told so, with the setting', async () => {
  const listenOnce = ({ reusePort }: { readonly reusePort?: boolean | undefined }): Promise<number> =>
    reusePort === true ? Promise.reject(Object.assign(new Error('no'), { code: 'ENOTSUP' })) : Promise.resolve(8883);
  await assert.rejects(sharedListenPort({ host: undefined, port: 8883, workers: 4 }, listenOnce), {
    code: 'WORKERS_UNSUPPORTED',
    message: /workers is 4.*ENOTSUP.*Set workers to 1/,
  });
});
