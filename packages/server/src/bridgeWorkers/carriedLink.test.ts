import { utf8Encode } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { CarriedLink } from './carriedLink.testing.ts';
import { WINDOW_BYTES } from './window.ts';
import type { WorkerSocket } from './workerSocket.ts';

interface Carried {
  readonly link: CarriedLink;
  readonly device: Duplex;
  /** The device's socket in the worker. */
  readonly theirs: Duplex;
  /** The same for the bridge. */
  readonly socket: WorkerSocket;
  readonly address: string;
}

async function carried(): Promise<Carried> {
  const [device, theirs] = duplexPair();
  const { promise, resolve } = Promise.withResolvers<{ socket: WorkerSocket; address: string }>();
  const link = new CarriedLink((socket, address) => resolve({ socket, address }));
  link.carry(theirs, '192.0.2.1');
  return { link, device, theirs, ...(await promise) };
}

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

test('bytes of a device come to the bridge in their order, and its end after them', async () => {
  const { device, socket, address } = await carried();
  assert.equal(address, '192.0.2.1');
  let read = '';
  socket.on('data', (chunk) => (read += Buffer.from(chunk).toString()));
  for (const text of ['one ', 'two ', 'three']) device.write(text);
  device.end();
  await once(socket, 'end');
  assert.equal(read, 'one two three');
});

test('bytes of the bridge come to the device in their order, each write is told when it has left, and then the end', async () => {
  const { device, socket } = await carried();
  const told: number[] = [];
  for (const number of [1, 2, 3]) socket.write(utf8Encode(`${number} `), () => void told.push(number));
  assert.equal(socket.writableLength, 6);
  socket.end();
  let read = '';
  device.on('data', (chunk: Buffer) => (read += chunk.toString()));
  await once(device, 'end');
  assert.equal(read, '1 2 3 ');
  await turns();
  assert.deepEqual(told, [1, 2, 3]);
  assert.equal(socket.writableLength, 0);
});

test('a bridge that does not read stops the device after a window, and loses nothing', async () => {
  const { device, socket } = await carried();
  let read = 0;
  socket.on('data', (chunk) => (read += chunk.length));
  socket.pause();
  const sent = 20 * WINDOW_BYTES;
  for (let at = 0; at < sent; at += 16_384) device.write(Buffer.alloc(16_384));
  device.end();
  await turns(200);
  assert.equal(read, 0);
  // What the pair of sockets takes itself, and a window, of which the last chunk may stand out.
  assert.ok(device.writableLength > sent - 4 * WINDOW_BYTES, `${device.writableLength} of ${sent} bytes wait`);
  socket.resume();
  await once(socket, 'end');
  assert.equal(read, sent);
});

test('a device that does not read shows in the bytes that wait for it, and room again is told', async () => {
  const { device, socket } = await carried();
  let left = 0;
  const allLeft = Promise.withResolvers<void>();
  const written = (): void => {
    if (++left === 20) allLeft.resolve();
  };
  for (let write = 0; write < 20; write++) socket.write(new Uint8Array(16_384), written);
  await turns();
  assert.ok(left < 20);
  assert.ok(socket.writableLength > 0);
  device.resume();
  await allLeft.promise;
  assert.equal(socket.writableLength, 0);
});

test('what is paused in the middle of a chunk that came holds the next one back', async () => {
  const { device, socket } = await carried();
  const read: string[] = [];
  socket.on('data', (chunk) => {
    read.push(Buffer.from(chunk).toString());
    socket.pause();
  });
  device.write('one');
  await turns();
  device.write('two');
  await turns();
  assert.deepEqual(read, ['one']);
  socket.resume();
  await turns();
  assert.deepEqual(read, ['one', 'two']);
});

test('an error of the connection comes with its text, then the close', async () => {
  const { theirs, socket } = await carried();
  const story: string[] = [];
  socket.on('error', ({ message }) => story.push(message));
  socket.on('close', () => story.push('closed'));
  theirs.destroy(new Error('reset by the peer'));
  await turns();
  assert.deepEqual(story, ['reset by the peer', 'closed']);
  assert.equal(socket.destroyed, true);
});

test('a socket that the bridge destroys is destroyed at once, gives nothing more, and closes the device', async () => {
  const { device, socket } = await carried();
  socket.on('data', () => assert.fail('it is destroyed'));
  device.write('late');
  socket.destroy();
  assert.equal(socket.destroyed, true);
  socket.write(utf8Encode('nobody'), () => assert.fail('it has not left'));
  device.on('data', () => assert.fail('nothing was sent'));
  await once(socket, 'close');
});

test('a socket that fails after its destruction tells no error, which nobody might hear', async () => {
  const { theirs, socket } = await carried();
  socket.destroy();
  theirs.destroy(new Error('reset by the peer'));
  await once(socket, 'close');
});

test('a worker that is lost ends its sockets with the reason, once', async () => {
  const { link, socket } = await carried();
  const story: string[] = [];
  socket.on('error', ({ message }) => story.push(message));
  socket.on('close', () => story.push('closed'));
  link.lose(new Error('the worker is gone'));
  link.lose(new Error('the worker is gone'));
  assert.deepEqual(story, ['the worker is gone', 'closed']);
  assert.equal(socket.destroyed, true);
});
