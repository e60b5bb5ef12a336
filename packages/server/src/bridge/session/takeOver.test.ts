import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket, publishPacket } from '../bridge.testing.ts';

test('a second connection of a device closes the first, before it is told that it is accepted', async () => {
  const bench = new BridgeBench();
  const first = await bench.login();
  const second = bench.connect();
  second.send(connectPacket('pump-1'));
  assert.equal((await second.packet())?.type, 'CONNACK');
  assert.deepEqual(await first.ended(), []);
  assert.deepEqual(bench.domain.story, ['opened pump-1 #1', 'closed pump-1 #1 SERVER TAKEN_OVER', 'opened pump-1 #2']);
  assert.equal(bench.bridge.session(1)?.epoch, 2);
  assert.equal(bench.bridge.sessionCount, 1);
});

test('what the first connection still sends is not heard', async () => {
  const bench = new BridgeBench();
  const first = await bench.login();
  const second = await bench.login();
  first.send(publishPacket('/devices/pump-1/events', 'late', 1));
  second.send(publishPacket('/devices/pump-1/events', 'good', 1));
  assert.deepEqual(await second.packetsBeforePong(), [{ type: 'PUBACK', packetId: 1 }]);
  await first.ended();
  assert.deepEqual(
    bench.domain.messages.map(({ text }) => text),
    ['good'],
  );
});

test('an outcome or a close that comes for the first session after its end touches neither', async () => {
  const bench = new BridgeBench();
  bench.domain.holdsMessages = true;
  const first = await bench.login();
  const session = bench.bridge.session(1)!;
  first.send(publishPacket('/devices/pump-1/events', 'held', 1));
  await first.packetsBeforePong();
  const second = await bench.login();
  const { outcome } = bench.domain.messages[0]!;
  const reason = { code: 'LATE', by: 'SERVER', message: 'late' } as const;
  outcome.accepted(1);
  outcome.refused(reason, 1);
  session.close(reason);
  session.deliver('config', '', new Uint8Array(1), (delivered) => bench.domain.story.push(`late: ${delivered}`));
  first.socket.destroy();
  assert.deepEqual(await second.packetsBeforePong(), []);
  await bench.pass(5_000);
  assert.equal(bench.bridge.session(1)?.epoch, 2);
  assert.deepEqual(bench.domain.story.slice(-2), ['late: false', 'heartbeat of pump-1']);
  assert.ok(!bench.domain.story.join().includes('LATE'));
});

test('the last CONNECT wins, even if an earlier one is decided later', async () => {
  const bench = new BridgeBench();
  const slow = Promise.withResolvers<void>();
  bench.domain.loginGate = slow.promise;
  const early = bench.connect();
  early.send(connectPacket('pump-1'));
  await bench.pass(1_000);
  bench.domain.loginGate = undefined;
  const late = await bench.login();
  slow.resolve();
  assert.deepEqual(await early.ended(), [{ type: 'CONNACK', sessionPresent: false, returnCode: 5 }]);
  assert.deepEqual(await late.packetsBeforePong(), []);
  assert.equal(bench.bridge.session(1)?.epoch, 2);
});

test('two devices do not close each other, and epochs grow over all of them', async () => {
  const bench = new BridgeBench({}, 41);
  await bench.login('pump-1');
  await bench.login('valve-2');
  await bench.login('pump-1');
  const epochs = [...bench.bridge.sessions()].map(({ principal, epoch }) => [principal.deviceId, epoch]);
  assert.deepEqual(
    new Map(epochs as [string, number][]),
    new Map([
      ['pump-1', 44],
      ['valve-2', 43],
    ]),
  );
});
