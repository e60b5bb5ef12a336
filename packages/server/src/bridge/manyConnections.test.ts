import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectPacket, publishPacket, TestClient } from './bridge.testing.ts';
import { TlsBench } from './tls.testing.ts';

const LEFT_BEFORE_TLS = 4_600;
const LEFT_BEFORE_CONNECT = 400;
const BATCH = 50;
const MOST_BYTES_EACH = 60_000;

/** Both ends are in this process. */
const FILES_NEEDED = 11_000;

interface Report {
  readonly userLimits: { readonly open_files: { readonly soft: number | 'unlimited' } };
}
const openFiles = (process.report.getReport() as Report).userLimits.open_files.soft;
const skip = Number(openFiles) < FILES_NEEDED && `needs ${FILES_NEEDED} open files, ulimit -n is ${openFiles}`;

test(
  '5,000 connections that are opened and left cost little, lock nobody out and are all closed in time',
  { skip },
  async () => {
    await using bench = await TlsBench.open();
    const { bridge, clock } = bench.bench;
    const before = process.memoryUsage.rss();
    for (let opened = 0; opened < LEFT_BEFORE_TLS; opened += BATCH) {
      await Promise.all(Array.from({ length: BATCH }, async () => (await bench.tcp()).resume()));
    }
    for (let opened = 0; opened < LEFT_BEFORE_CONNECT; opened += BATCH) {
      await Promise.all(Array.from({ length: BATCH }, async () => (await bench.tls()).resume()));
    }
    while (bench.listener.connectionCount < 5_000) await new Promise(setImmediate);
    const bytesEach = (process.memoryUsage.rss() - before) / 5_000;
    assert.ok(bytesEach < MOST_BYTES_EACH, `${bytesEach} bytes each, the client's half included`);

    const device = new TestClient(await bench.tls());
    device.send(connectPacket('pump-1'), publishPacket('/devices/pump-1/events', 'still here', 1));
    assert.equal((await device.packet())?.type, 'CONNACK');
    assert.deepEqual(await device.packet(), { type: 'PUBACK', packetId: 1 });

    await bench.bench.pass(14_000);
    while (bench.listener.connectionCount > 1) await new Promise(setImmediate);
    assert.equal(bridge.connectionCount, 1);
    assert.equal(bridge.counts.closed.get('CONNECT_TIMEOUT'), LEFT_BEFORE_CONNECT);
    assert.equal(clock.monotonic(), 14_000);
    assert.deepEqual(await device.packetsBeforePong(), []);
  },
);
