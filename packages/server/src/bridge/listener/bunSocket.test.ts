import { concatBytes } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { BunSocket, type NativeSocket } from './bunSocket.ts';

/** A socket of Bun whose kernel takes as many bytes as it has room for. */
class Native implements NativeSocket {
  declare data: BunSocket;
  readonly remoteAddress = '192.0.2.1';
  readonly calls: string[] = [];
  sent = new Uint8Array();
  room = 0;
  version = 'TLSv1.3';

  write(bytes: Uint8Array): number {
    if (this.calls.includes('close')) return -1;
    assert.ok(!this.calls.includes('shutdown'), 'nothing is written behind the end');
    const taken = bytes.subarray(0, this.room);
    this.room -= taken.length;
    this.sent = concatBytes(this.sent, taken);
    return taken.length;
  }

  shutdown(): void {
    this.calls.push('shutdown');
  }

  close(): void {
    this.calls.push('close');
    this.data.closed(undefined);
  }

  pause(): void {
    this.calls.push('pause');
  }

  resume(): void {
    this.calls.push('resume');
  }

  timeout(seconds: number): void {
    this.calls.push(`timeout ${seconds}`);
  }

  getTLSVersion(): string {
    return this.version;
  }

  exportKeyingMaterial(bytes: number, label: string): Buffer {
    return Buffer.alloc(bytes, label);
  }

  /** The device reads: the kernel has room again, and says so. */
  drain(room: number): void {
    this.room = room;
    this.data.drained();
  }
}

function bench(room = 0) {
  const native = new Native();
  native.room = room;
  const socket = new BunSocket(native);
  const heard: string[] = [];
  socket.on('data', (chunk) => heard.push(`data ${chunk.length}`));
  socket.on('end', () => heard.push('end'));
  socket.on('error', ({ message }) => heard.push(`error ${message}`));
  socket.on('close', () => heard.push('close'));
  return { native, socket, heard };
}

const ignored = (): void => undefined;

test('whatever room the kernel has, all that was written leaves once and in order, each write is told, and then the end', () => {
  const writes = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  const rooms = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 });
  fc.assert(
    fc.property(writes, rooms, fc.nat(60), (writes, rooms, firstRoom) => {
      const { native, socket } = bench(firstRoom);
      const told: number[] = [];
      const waiting = rooms.values();
      for (const [index, bytes] of writes.entries()) {
        socket.write(bytes, () => told.push(index));
        const { value: room } = waiting.next();
        if (room !== undefined) native.drain(room);
      }
      const all = concatBytes(...writes);
      assert.equal(socket.writableLength, all.length - native.sent.length);
      socket.end();
      assert.equal(native.calls.includes('shutdown'), native.sent.length === all.length);
      native.drain(1_000);
      assert.deepEqual(native.sent, all);
      assert.deepEqual(told, [...writes.keys()]);
      assert.equal(socket.writableLength, 0);
      assert.equal(native.calls.filter((call) => call === 'shutdown').length, 1);
    }),
  );
});

test('what is written when a write has left comes behind what waits', () => {
  const { native, socket } = bench(2);
  socket.write(Uint8Array.of(1, 2, 3), () => socket.write(Uint8Array.of(7), ignored));
  socket.write(Uint8Array.of(4, 5), ignored);
  native.drain(100);
  assert.deepEqual([...native.sent], [1, 2, 3, 4, 5, 7]);
});

test('after the end nothing is written, and the device is still heard', () => {
  const { native, socket, heard } = bench(100);
  socket.end();
  socket.end();
  socket.write(Uint8Array.of(1), () => assert.fail('it was not written'));
  socket.received(Uint8Array.of(1, 2));
  socket.ended();
  assert.deepEqual(native.calls, ['timeout 0', 'shutdown']);
  assert.deepEqual(heard, ['data 2', 'end']);
});

test('a socket that is destroyed is closed at once, writes and hears no more, and tells it when the caller has gone on', async () => {
  const { native, socket, heard } = bench();
  socket.write(Uint8Array.of(1), () => assert.fail('it has not left'));
  socket.destroy();
  socket.destroy();
  assert.equal(socket.destroyed, true);
  assert.deepEqual(heard, []);
  native.drain(10);
  socket.received(Uint8Array.of(1));
  socket.ended();
  socket.pause();
  socket.resume();
  await Promise.resolve();
  assert.deepEqual(native.calls, ['timeout 0', 'close']);
  assert.deepEqual(heard, ['close']);
});

test('of a connection that breaks the reason is told, unless it was destroyed here', async () => {
  const broken = bench();
  broken.socket.closed(new Error('reset'));
  assert.equal(broken.socket.destroyed, true);
  await Promise.resolve();
  assert.deepEqual(broken.heard, ['error reset', 'close']);
  const unheard = new BunSocket(new Native());
  unheard.closed(new Error('reset'));
  await Promise.resolve();
});

test('it is paused and resumed once, however often that is asked for', () => {
  const { native, socket } = bench();
  socket.resume();
  socket.pause();
  socket.pause();
  socket.resume();
  socket.resume();
  assert.deepEqual(native.calls, ['timeout 0', 'pause', 'resume']);
});

test('TLS 1.3 has an exporter, TLS 1.2 has none', () => {
  const { native, socket } = bench();
  assert.deepEqual(socket.tlsExporter?.('label', 4), Buffer.from('labe'));
  native.version = 'TLSv1.2';
  assert.equal(socket.tlsExporter, undefined);
});
