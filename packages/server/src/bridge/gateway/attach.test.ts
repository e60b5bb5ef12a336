import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket } from '../bridge.testing.ts';
import { TestGateway } from './gateway.testing.ts';

for (const level of [4, 5] as const) {
  test(`level ${level}: an attached device has a session of its own, acknowledged when it is open`, async () => {
    const bench = new BridgeBench();
    const gateway = await TestGateway.logIn(bench, 'hub-1', level);
    gateway.attach('pump-1', '{}', 7);
    assert.deepEqual(await gateway.heard(), ['PUBACK 7']);
    assert.deepEqual(bench.domain.story.slice(1), [
      'heartbeat of hub-1',
      'hub-1 attaches pump-1 with "{}"',
      'opened pump-1 #2',
      'heartbeat of hub-1',
    ]);
    const session = bench.bridge.session(1)!;
    const { principal, clientId, epoch, protocolLevel, keepAliveSeconds, remoteAddress } = session;
    assert.deepEqual(
      [principal.deviceId, clientId, epoch, protocolLevel, keepAliveSeconds, remoteAddress],
      ['pump-1', 'hub-1', 2, level, 60, '192.0.2.1'],
    );
    assert.deepEqual([session.openedAtMs, session.lastHeardAtMs], [bench.clock.now(), bench.clock.now()]);
    assert.equal(session.expectedByMs, bench.bridge.session(4)?.expectedByMs);
  });

  test(`level ${level}: a refused attachment is told on the errors topic and acknowledged as a failure at most`, async () => {
    const bench = new BridgeBench();
    const gateway = await TestGateway.logIn(bench, 'hub-1', level);
    gateway.attach('pump-1', 'no', 7);
    gateway.attach('stranger', '{}', 8);
    gateway.attach('pump-10', '{}', 9);
    const failed = (packetId: number) => (level === 5 ? [`PUBACK ${packetId} 0x87`] : []);
    assert.deepEqual(await gateway.heard(), [
      'error GATEWAY_ATTACHMENT_ERROR pump-1 by PUBLISH 7',
      ...failed(7),
      'error GATEWAY_ATTACHMENT_ERROR stranger by PUBLISH 8',
      ...failed(8),
      'PUBACK 9',
    ]);
    assert.equal(bench.bridge.session(1), undefined);
    assert.equal(bench.bridge.sessionCount, 2);
  });
}

test('what follows an attachment waits until it is decided', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  const slow = Promise.withResolvers<void>();
  bench.domain.loginGate = slow.promise;
  gateway.attach('pump-1', '{}', 1);
  gateway.publish('pump-1', 'events', 'early', 2);
  gateway.subscribe('/devices/pump-1/config', 1);
  await bench.pass(2_000);
  assert.equal(bench.domain.messages.length, 0);
  slow.resolve();
  assert.deepEqual(await gateway.heard(), ['PUBACK 1', 'PUBACK 2', 'SUBACK 1', '/devices/pump-1/config config QoS 1']);
});

test('a gateway that waits for a slow decision is not silent', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  const slow = Promise.withResolvers<void>();
  bench.domain.loginGate = slow.promise;
  gateway.attach('pump-1', '{}', 1);
  gateway.client.send({ type: 'PINGREQ' });
  await bench.pass(120_000);
  slow.resolve();
  assert.deepEqual(await gateway.heard(), ['PUBACK 1']);
});

test('an attachment that is decided after its gateway has gone opens nothing', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  const slow = Promise.withResolvers<void>();
  bench.domain.loginGate = slow.promise;
  gateway.attach('pump-1');
  await bench.pass(1_000);
  bench.domain.loginGate = undefined;
  await bench.login('hub-1');
  slow.resolve();
  await bench.pass(1_000);
  assert.equal(bench.bridge.sessionCount, 1);
  assert.ok(!bench.domain.story.join().includes('opened pump-1'));
});

test('an attachment that the domain fails at is refused, and the log says why', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  bench.failLogins(new Error('no database'));
  gateway.attach('pump-1', '{}', 1);
  assert.deepEqual(await gateway.heard(), ['error GATEWAY_ATTACHMENT_ERROR pump-1 by PUBLISH 1']);
  assert.match(bench.logLines.join(), /no database/);
});

test('a device that is attached again goes on with what it has subscribed to', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  gateway.attach('pump-1', '{}', 1);
  gateway.subscribe('/devices/pump-1/commands/#', 1);
  gateway.attach('pump-1', '{}', 2);
  assert.deepEqual(await gateway.heard(), ['PUBACK 1', 'SUBACK 1', 'PUBACK 2']);
  assert.equal(bench.bridge.session(1)?.subscriptionQos('commands'), 1);
  assert.ok(bench.domain.story.includes('renewed pump-1 #2'));
});

test('a detached device has no session and no subscription any more, and hears nothing', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  gateway.attach('pump-1', '{}', 1);
  gateway.subscribe('/devices/pump-1/commands/#', 0);
  await gateway.heard();
  const session = bench.bridge.session(1)!;
  gateway.detach('pump-1', 2);
  gateway.attach('pump-1', '{}', 3);
  assert.deepEqual(await gateway.heard(), ['PUBACK 2', 'PUBACK 3']);
  assert.deepEqual(bench.domain.story.slice(-4, -1), [
    'closed pump-1 #2 CLIENT DETACHED',
    'hub-1 attaches pump-1 with "{}"',
    'opened pump-1 #3',
  ]);
  assert.equal(bench.bridge.session(1)?.subscriptionQos('commands'), undefined);
  const fates: boolean[] = [];
  session.deliver('commands', '', new Uint8Array(1), (delivered) => fates.push(delivered));
  session.renew({ principal: session.principal, endsAtMs: 0, endReason: { code: 'X', by: 'SERVER', message: '' } });
  assert.deepEqual([await gateway.heard(), fates], [[], [false]]);
});

test('detaching who is not attached is acknowledged, with an error', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  gateway.detach('pump-1', 1);
  assert.deepEqual(await gateway.heard(), ['error GATEWAY_DEVICE_NOT_FOUND pump-1 by PUBLISH 1', 'PUBACK 1']);
});

test('all attachments end with the connection of the gateway, before its own session', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  gateway.attach('pump-1');
  gateway.attach('pump-10');
  await gateway.heard();
  gateway.client.send({ type: 'DISCONNECT' });
  await gateway.client.ended();
  assert.deepEqual(bench.domain.story.slice(-3), [
    'closed pump-1 #2 CLIENT GATEWAY_GONE',
    'closed pump-10 #3 CLIENT GATEWAY_GONE',
    'closed hub-1 #1 CLIENT CLIENT_DISCONNECT',
  ]);
  assert.equal(bench.bridge.sessionCount, 0);
});

test('a gateway that comes back to a kept session finds nobody attached', async () => {
  const bench = new BridgeBench();
  const kept = { cleanSession: false } as const;
  const first = new TestGateway(await bench.login('hub-1', kept));
  first.subscribe('/devices/hub-1/errors', 0);
  first.attach('pump-1');
  first.subscribe('/devices/pump-1/config', 1);
  await first.heard();
  await bench.loses(first.client);
  await bench.pass(1_000);
  const second = new TestGateway(await bench.login('hub-1', kept));
  second.publish('pump-1', 'events', 'late', 1);
  assert.deepEqual(await second.heard(), ['error GATEWAY_DEVICE_NOT_FOUND pump-1 by PUBLISH 1']);
});

test('a device that connects itself is taken from its gateway, which is told', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  gateway.attach('pump-1', '{}', 1);
  await gateway.heard();
  await bench.login('pump-1');
  assert.deepEqual(await gateway.heard(), ['error GATEWAY_DETACHMENT_DEVICE_ERROR pump-1']);
  assert.equal(bench.bridge.session(1)?.epoch, 3);
  assert.ok(bench.domain.story.includes('closed pump-1 #2 SERVER TAKEN_OVER'));
});

test('a device that is attached loses the connection of its own', async () => {
  const bench = new BridgeBench();
  const device = await bench.login('pump-1');
  const gateway = await TestGateway.logIn(bench);
  gateway.attach('pump-1', '{}', 1);
  assert.deepEqual(await gateway.heard(), ['PUBACK 1']);
  await device.ended();
  assert.ok(bench.domain.story.includes('closed pump-1 #1 SERVER TAKEN_OVER'));
});

test('a device that another gateway attaches is taken from the first one', async () => {
  const bench = new BridgeBench();
  const first = await TestGateway.logIn(bench);
  const second = await TestGateway.logIn(bench, 'hub-2');
  first.attach('pump-1', '{}', 1);
  await first.heard();
  second.attach('pump-1', '{}', 1);
  assert.deepEqual(await second.heard(), ['PUBACK 1']);
  first.publish('pump-1', 'events', 'late', 2);
  second.publish('pump-1', 'events', 'good', 2);
  assert.deepEqual(await first.heard(), [
    'error GATEWAY_DETACHMENT_DEVICE_ERROR pump-1',
    'error GATEWAY_DEVICE_NOT_FOUND pump-1 by PUBLISH 2',
  ]);
  assert.deepEqual(await second.heard(), ['PUBACK 2']);
  assert.deepEqual(
    bench.domain.messages.map(({ text }) => text),
    ['good'],
  );
});

test('of an attachment and a CONNECT of the device the later one wins, even if it is decided first', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  const slow = Promise.withResolvers<void>();
  bench.domain.loginGate = slow.promise;
  gateway.attach('pump-1', '{}', 1);
  await bench.pass(1_000);
  bench.domain.loginGate = undefined;
  const device = bench.connect();
  device.send(connectPacket('pump-1'));
  assert.equal((await device.packet())?.type, 'CONNACK');
  slow.resolve();
  assert.deepEqual(await gateway.heard(), ['error GATEWAY_ATTACHMENT_ERROR pump-1 by PUBLISH 1']);
  assert.equal(bench.bridge.session(1)?.epoch, 3);
});

test('a gateway that attaches itself gains and loses nothing but its own session', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  gateway.attach('hub-1');
  await gateway.client.ended();
  assert.equal(bench.bridge.sessionCount, 0);
});

test('an attached device is detached at the end of its own time, and the gateway stays', async () => {
  const bench = new BridgeBench();
  const gateway = await TestGateway.logIn(bench);
  bench.domain.endsAtMs = bench.clock.now() + 5_000;
  gateway.attach('pump-1', '{}', 1);
  await gateway.heard();
  assert.equal(bench.bridge.session(1)?.endsAtMs, bench.domain.endsAtMs);
  await bench.pass(6_000);
  assert.deepEqual(await gateway.heard(), ['error GATEWAY_DETACHMENT_DEVICE_ERROR pump-1']);
  assert.ok(bench.domain.story.includes('closed pump-1 #2 SERVER TOKEN_EXPIRED'));
});

test('no more devices are attached than the limit allows, until one is detached', async () => {
  const bench = new BridgeBench({ attachedDevices: 2 });
  const gateway = await TestGateway.logIn(bench);
  gateway.attach('pump-1', '{}', 1);
  gateway.attach('pump-10', '{}', 2);
  gateway.attach('valve-2', '{}', 3);
  gateway.attach('pump-1', '{}', 4);
  gateway.detach('pump-10', 5);
  gateway.attach('valve-2', '{}', 6);
  assert.deepEqual(await gateway.heard(), [
    'PUBACK 1',
    'PUBACK 2',
    'error GATEWAY_ATTACHMENT_ERROR valve-2 by PUBLISH 3',
    'PUBACK 4',
    'PUBACK 5',
    'PUBACK 6',
  ]);
});

test('a thousand devices are attached, and not one more', async () => {
  const bench = new BridgeBench();
  for (let index = 0; index <= 1_000; index++) {
    const deviceId = `sensor-${index}`;
    bench.domain.devices.set(deviceId, { key: 1_000 + index, deviceId, credentialId: 7 });
  }
  const gateway = await TestGateway.logIn(bench);
  for (let index = 0; index <= 1_000; index++) gateway.attach(`sensor-${index}`, '{}', index + 1);
  const heard = await gateway.heard();
  assert.equal(heard.length, 1_001);
  assert.equal(heard.at(-1), 'error GATEWAY_ATTACHMENT_ERROR sensor-1000 by PUBLISH 1001');
  assert.equal(bench.bridge.sessionCount, 1_001);
});

for (const kind of ['attach', 'detach']) {
  test(`a device that is no gateway is closed when it publishes to ${kind}`, async () => {
    for (const whose of ['pump-1', 'pump-10']) {
      const bench = new BridgeBench();
      const client = await bench.login('pump-1');
      new TestGateway(client).publish(whose, kind, '{}', 1);
      assert.deepEqual(await client.ended(), []);
      assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER TOPIC_NOT_ALLOWED');
    }
  });
}

test('a device that is no gateway has no errors topic', async () => {
  const bench = new BridgeBench();
  const device = new TestGateway(await bench.login('pump-1'));
  device.subscribe('/devices/pump-1/errors', 0);
  assert.deepEqual(await device.heard(), ['SUBACK 128']);
});

test('errors are heard at QoS 0, whatever was asked for, and by nobody without a subscription', async () => {
  const bench = new BridgeBench();
  const gateway = new TestGateway(await bench.login('hub-1'));
  gateway.attach('stranger', '{}', 1);
  gateway.subscribe('/devices/hub-1/errors', 1);
  gateway.subscribe('/devices/hub-2/errors', 0, 50);
  assert.deepEqual(await gateway.heard(), [
    'SUBACK 0',
    'error GATEWAY_DEVICE_NOT_FOUND hub-2 by SUBSCRIBE 50',
    'SUBACK 128',
  ]);
});
