import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { connectPacket, publishPacket, TestClient } from './bridge.testing.ts';
import { DEFAULT_BRIDGE_LIMITS } from './bridgeLimits.ts';
import { exceptOnBun } from '../runtime/javascriptRuntime.testing.ts';
import { TlsBench } from './tls.testing.ts';

/** A device that has logged in over TLS. */
async function logIn(deviceId: string, socket: TLSSocket): Promise<TestClient> {
  const client = new TestClient(socket);
  client.send(connectPacket(deviceId));
  assert.equal((await client.packet())?.type, 'CONNACK');
  return client;
}

/** What the domain has heard of the ends of connections. */
function ends({ bench }: TlsBench): readonly string[] {
  return bench.domain.story.filter((line) => /^(closed|refused)/.test(line));
}

/** More than it takes on a machine of any speed, and far less than a runtime's own time limits. */
const TURNS = 10_000;

async function connectionsReach(bench: TlsBench, count: number): Promise<void> {
  for (let turn = 0; bench.listener.connectionCount !== count; turn++) {
    assert.ok(turn < TURNS, `not ${count} connections after ${TURNS} turns of the event loop`);
    await new Promise(setImmediate);
  }
}

test('a peer that vanishes is closed after one and a half keep-alives, and its socket is gone soon after', async () => {
  await using bench = await TlsBench.open();
  // What has vanished neither answers nor closes its side.
  const client = await logIn('pump-1', await bench.tls({ allowHalfOpen: true } as object));
  client.socket.pause();
  const bystander = await logIn('valve-2', await bench.tls());
  for (let seconds = 0; seconds < 89; seconds++) await bench.bench.clock.advanceAsync(1_000);
  assert.deepEqual(await bystander.packetsBeforePong(), []);
  assert.deepEqual(ends(bench), []);
  await bench.bench.clock.advanceAsync(1_000);
  assert.deepEqual(ends(bench), ['closed pump-1 #1 SERVER KEEP_ALIVE_EXPIRED']);
  await bench.bench.clock.advanceAsync(DEFAULT_BRIDGE_LIMITS.lingerMs + 1_000);
  await connectionsReach(bench, 1);
  assert.deepEqual(ends(bench), ['closed pump-1 #1 SERVER KEEP_ALIVE_EXPIRED']);
  assert.deepEqual(await bystander.packetsBeforePong(), []);
});

test('of a peer that will send no more everything is heard, and it is closed once', async () => {
  await using bench = await TlsBench.open();
  const client = await logIn('pump-1', await bench.tls({ allowHalfOpen: true } as object));
  const bystander = await logIn('valve-2', await bench.tls());
  client.send(publishPacket('/devices/pump-1/events', 'last words', 7));
  client.socket.end();
  assert.deepEqual(await client.ended(), [{ type: 'PUBACK', packetId: 7 }]);
  assert.equal(bench.bench.domain.messages[0]?.text, 'last words');
  assert.deepEqual(ends(bench), ['closed pump-1 #1 CLIENT CONNECTION_LOST']);
  assert.deepEqual(await bystander.packetsBeforePong(), []);
});

const asks = exceptOnBun('its TLS client never asks');
test('who asks for a renegotiation of TLS 1.2 is not given one, and loses its connection alone', asks, async () => {
  await using bench = await TlsBench.open();
  const socket = await bench.tls({ maxVersion: 'TLSv1.2' });
  await logIn('pump-1', socket);
  const bystander = await logIn('valve-2', await bench.tls());
  const failed = new Promise<Error>((resolve) => socket.on('error', resolve));
  socket.renegotiate({}, () => undefined);
  assert.match(String(await failed), /no.renegotiation/i);
  await connectionsReach(bench, 1);
  assert.deepEqual(ends(bench), ['closed pump-1 #1 CLIENT CONNECTION_LOST']);
  assert.deepEqual(await bystander.packetsBeforePong(), []);
});
