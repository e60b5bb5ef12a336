import { utf8Encode } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, publishPacket } from '../bridge.testing.ts';
import { puback, TestGateway } from './gateway.testing.ts';

const TOO_LARGE = { code: 'TOO_LARGE', by: 'SERVER', status: 'INVALID_ARGUMENT', message: 'Too large.' } as const;

/** A gateway to which these devices are attached. */
async function attached(bench: BridgeBench, devices: readonly string[], level: 4 | 5 = 4): Promise<TestGateway> {
  const gateway = await TestGateway.logIn(bench, 'hub-1', level);
  for (const device of devices) gateway.attach(device);
  assert.equal((await gateway.heard()).length, devices.length);
  return gateway;
}

test('events and states are those of the attached device, with their subfolders, at both QoS', async () => {
  const bench = new BridgeBench();
  const gateway = await attached(bench, ['pump-1', 'pump-10']);
  gateway.publish('pump-1', 'events', 'first', 1);
  gateway.publish('pump-10', 'events/water/level', 'second');
  gateway.publish('pump-10', 'state', 'third', 2);
  gateway.publish('hub-1', 'events', 'own', 3);
  assert.deepEqual(await gateway.heard(), ['PUBACK 1', 'PUBACK 2', 'PUBACK 3']);
  assert.deepEqual(
    bench.domain.messages.map(({ device, kind, subfolder, text }) => `${device} ${kind}/${subfolder} ${text}`),
    ['pump-1 events/ first', 'pump-10 events/water/level second', 'pump-10 state/ third', 'hub-1 events/ own'],
  );
  assert.equal(bench.bridge.counts.messagesReceived, 6);
});

test('PUBACKs of a gateway keep the order of its messages, whosever they are', async () => {
  const bench = new BridgeBench();
  const gateway = await attached(bench, ['pump-1', 'pump-10']);
  bench.domain.holdsMessages = true;
  gateway.publish('pump-1', 'events', 'a', 1);
  gateway.publish('hub-1', 'events', 'b', 2);
  gateway.publish('pump-10', 'events', 'c', 3);
  await gateway.heard();
  const [a, b, c] = bench.domain.messages.map(({ outcome }) => outcome);
  c!.accepted(3);
  b!.accepted(2);
  assert.deepEqual(await gateway.heard(), []);
  a!.accepted(1);
  assert.deepEqual(await gateway.heard(), ['PUBACK 1', 'PUBACK 2', 'PUBACK 3']);
});

for (const level of [4, 5] as const) {
  test(`level ${level}: a refused message detaches its device alone, and no later PUBACK waits for its own`, async () => {
    const bench = new BridgeBench();
    const gateway = await attached(bench, ['pump-1', 'pump-10'], level);
    bench.domain.holdsMessages = true;
    for (const [device, packetId] of [
      ['pump-1', 1],
      ['pump-1', 2],
      ['pump-10', 3],
    ] as const) {
      gateway.publish(device, 'events', 'x', packetId);
    }
    await gateway.heard();
    const [first, second, third] = bench.domain.messages.map(({ outcome }) => outcome);
    third!.accepted(3);
    first!.refused(TOO_LARGE, 1);
    second!.refused(TOO_LARGE, 2);
    const failed = (packetId: number) => (level === 5 ? [`PUBACK ${packetId} 0x83`] : []);
    assert.deepEqual((await gateway.heard()).toSorted(), [
      ...failed(1),
      ...failed(2),
      'PUBACK 3',
      'error GATEWAY_DETACHMENT_DEVICE_ERROR pump-1 by PUBLISH 1',
    ]);
    assert.equal(bench.bridge.session(1), undefined);
    assert.ok(bench.bridge.session(2) !== undefined);
    assert.ok(bench.domain.story.includes('closed pump-1 #2 SERVER TOO_LARGE'));
  });

  test(`level ${level}: a message for who is not attached is told, not stored, and the gateway stays`, async () => {
    const bench = new BridgeBench();
    const gateway = await attached(bench, [], level);
    gateway.publish('pump-1', 'events', 'x', 1);
    gateway.publish('pump-1', 'state', 'x');
    gateway.publish('hub-1', 'events', 'own', 2);
    assert.deepEqual(await gateway.heard(), [
      'error GATEWAY_DEVICE_NOT_FOUND pump-1 by PUBLISH 1',
      ...(level === 5 ? ['PUBACK 1 0x87'] : []),
      'error GATEWAY_DEVICE_NOT_FOUND pump-1 by PUBLISH at QoS 0',
      'PUBACK 2',
    ]);
    assert.deepEqual(
      bench.domain.messages.map(({ text }) => text),
      ['own'],
    );
  });
}

test('a message that is stored after its device was detached is acknowledged', async () => {
  const bench = new BridgeBench();
  const gateway = await attached(bench, ['pump-1']);
  bench.domain.holdsMessages = true;
  gateway.publish('pump-1', 'events', 'x', 1);
  gateway.detach('pump-1', 2);
  assert.deepEqual(await gateway.heard(), []);
  bench.domain.messages[0]!.outcome.accepted(1);
  assert.deepEqual(await gateway.heard(), ['PUBACK 1', 'PUBACK 2']);
});

test('a fate that comes after the end of the gateway touches nobody', async () => {
  const bench = new BridgeBench();
  const gateway = await attached(bench, ['pump-1']);
  bench.domain.holdsMessages = true;
  gateway.publish('pump-1', 'events', 'x', 1);
  gateway.publish('pump-1', 'events', 'y', 2);
  await gateway.heard();
  const again = await TestGateway.logIn(bench);
  for (const { outcome, packetId } of bench.domain.messages) {
    if (packetId === 1) outcome.accepted(1);
    else outcome.refused(TOO_LARGE, packetId);
  }
  assert.deepEqual(await again.heard(), []);
});

for (const kind of ['config', 'commands', 'errors', 'token', 'nonce', 'session']) {
  test(`a gateway does not publish to ${kind} of an attached device`, async () => {
    const bench = new BridgeBench();
    const gateway = await attached(bench, ['pump-1']);
    gateway.publish('pump-1', kind, 'x', 1);
    gateway.publish('pump-1', 'events', 'x', 2);
    assert.deepEqual(await gateway.heard(), ['error GATEWAY_INVALID_MQTT_TOPIC pump-1 by PUBLISH 1', 'PUBACK 2']);
  });
}

for (const topic of ['/devices/pump-1/nothing', '/devices/hub-1/config', 'somewhere', '/devices/pump-1/attach/x']) {
  test(`a gateway that publishes to ${topic} is closed`, async () => {
    const bench = new BridgeBench();
    const gateway = await attached(bench, ['pump-1']);
    gateway.client.send(publishPacket(topic, 'x', 1));
    assert.deepEqual(await gateway.client.ended(), []);
    assert.equal(bench.domain.story.at(-1), 'closed hub-1 #1 SERVER TOPIC_NOT_ALLOWED');
    assert.equal(bench.bridge.sessionCount, 0);
  });
}

for (const maximumQoS of [1, 2] as const) {
  test(`a gateway that publishes for a device at QoS 2 is closed, in a registry with QoS ${maximumQoS}`, async () => {
    const bench = new BridgeBench();
    bench.domain.qos = maximumQoS;
    const gateway = await attached(bench, ['pump-1']);
    const packet = publishPacket('/devices/pump-1/events', 'x', 1);
    gateway.client.send({ ...packet, qos: 2 } as typeof packet);
    await gateway.client.ended();
    assert.equal(bench.domain.story.at(-1), 'closed hub-1 #1 SERVER QOS_2');
  });
}

test('an attached device gets config and commands on its topics, in the packet identifiers of its gateway', async () => {
  const bench = new BridgeBench();
  const gateway = await attached(bench, ['pump-1', 'pump-10']);
  gateway.subscribe('/devices/pump-1/config', 1);
  gateway.subscribe('/devices/hub-1/config', 1);
  gateway.subscribe('/devices/pump-1/commands/#', 2);
  gateway.subscribe('/devices/pump-10/commands/#', 0);
  assert.deepEqual(await gateway.heard(), [
    'SUBACK 1',
    '/devices/pump-1/config config QoS 1',
    'SUBACK 1',
    '/devices/hub-1/config config QoS 1',
    'SUBACK 1',
    'SUBACK 0',
  ]);
  const fates: string[] = [];
  const told = (name: string) => (delivered: boolean) => void fates.push(`${name} ${delivered}`);
  bench.bridge.session(1)!.deliver('commands', 'valve/2', utf8Encode('on'), told('sure'));
  bench.bridge.session(2)!.deliver('commands', '', utf8Encode('off'), told('quick'));
  bench.bridge.session(2)!.deliver('config', '', utf8Encode('none'), told('unasked'));
  assert.deepEqual(await gateway.heard(), [
    '/devices/pump-1/commands/valve/2 on QoS 1',
    '/devices/pump-10/commands off QoS 0',
  ]);
  assert.deepEqual(fates, ['quick true', 'unasked false']);
  gateway.client.send(puback(3));
  await gateway.heard();
  assert.deepEqual(fates, ['quick true', 'unasked false', 'sure true']);
});

test('what a detached device has not acknowledged has failed, and its packet identifier is not given again', async () => {
  const bench = new BridgeBench();
  const gateway = await attached(bench, ['pump-1']);
  gateway.subscribe('/devices/pump-1/config', 1);
  gateway.detach('pump-1', 1);
  await gateway.heard();
  assert.ok(bench.domain.story.includes('config delivered: false'));
  gateway.subscribe('/devices/hub-1/config', 1);
  gateway.client.send(puback(1));
  await gateway.heard();
  assert.ok(!bench.domain.story.includes('config delivered: true'));
  gateway.client.send(puback(2));
  await gateway.heard();
  assert.ok(bench.domain.story.includes('config delivered: true'));
});

test('what attached devices have not acknowledged counts for their gateway', async () => {
  const bench = new BridgeBench({ inFlight: 1 });
  const gateway = await attached(bench, ['pump-1', 'pump-10']);
  gateway.subscribe('/devices/pump-1/config', 1);
  gateway.subscribe('/devices/pump-10/config', 1);
  assert.deepEqual(await gateway.heard(), ['SUBACK 1', '/devices/pump-1/config config QoS 1', 'SUBACK 1']);
  assert.equal(bench.domain.story.at(-2), 'config delivered: false');
});

test("what a kept session of a gateway still has on its way ends with the connection where it is a device's", async () => {
  const bench = new BridgeBench();
  const kept = { cleanSession: false } as const;
  const first = new TestGateway(await bench.login('hub-1', kept));
  first.attach('pump-1');
  first.subscribe('/devices/pump-1/config', 1);
  await first.heard();
  await bench.loses(first.client);
  await bench.pass(1_000);
  assert.ok(bench.domain.story.includes('config delivered: false'));
  assert.deepEqual(bench.bridge.keptSession(4)?.messages(), []);
  const second = new TestGateway(await bench.login('hub-1', kept));
  assert.deepEqual(await second.heard(), []);
});

for (const filter of ['config', 'commands/#', 'nonce', 'session', 'errors']) {
  test(`a gateway does not subscribe to ${filter} of a device that is not attached`, async () => {
    const bench = new BridgeBench();
    const gateway = await attached(bench, []);
    gateway.subscribe(`/devices/pump-1/${filter}`, 1, 50);
    assert.deepEqual(await gateway.heard(), ['error GATEWAY_DEVICE_NOT_FOUND pump-1 by SUBSCRIBE 50', 'SUBACK 128']);
  });
}

for (const kind of ['nonce', 'session', 'errors']) {
  test(`a gateway does not hear ${kind} of an attached device`, async () => {
    const bench = new BridgeBench();
    const gateway = await attached(bench, ['pump-1']);
    gateway.subscribe(`/devices/pump-1/${kind}`, 1, 50);
    assert.deepEqual(await gateway.heard(), ['error GATEWAY_INVALID_MQTT_TOPIC pump-1 by SUBSCRIBE 50', 'SUBACK 128']);
  });
}

test('one SUBSCRIBE may name several devices, and what it names twice is sent once', async () => {
  const bench = new BridgeBench();
  const gateway = await attached(bench, ['pump-1', 'pump-10']);
  const filters = ['pump-1', 'pump-10', 'pump-1', 'valve-2'].map((device) => `/devices/${device}/config`);
  const subscriptions = filters.map((filter) => ({ filter, qos: 0 }) as const);
  gateway.client.send({ type: 'SUBSCRIBE', packetId: 9, subscriptions } as Parameters<typeof gateway.client.send>[0]);
  assert.deepEqual(await gateway.heard(), [
    'error GATEWAY_DEVICE_NOT_FOUND valve-2 by SUBSCRIBE 9',
    'SUBACK 0 0 0 128',
    '/devices/pump-1/config config QoS 0',
    '/devices/pump-10/config config QoS 0',
  ]);
});

test('an attached device is unsubscribed by its gateway', async () => {
  const bench = new BridgeBench();
  const gateway = await attached(bench, ['pump-1'], 5);
  gateway.subscribe('/devices/pump-1/config', 1);
  await gateway.heard();
  const filters = ['/devices/pump-1/config', '/devices/pump-1/commands/#', '/devices/pump-10/config'];
  gateway.client.send({ type: 'UNSUBSCRIBE', packetId: 9, filters } as Parameters<typeof gateway.client.send>[0]);
  assert.partialDeepStrictEqual(await gateway.client.packet(), { type: 'UNSUBACK', reasonCodes: [0, 0x11, 0x11] });
  assert.equal(bench.bridge.session(1)?.subscriptionQos('config'), undefined);
});

test('a device that is no gateway publishes and subscribes for nobody else', async () => {
  const bench = new BridgeBench();
  await attached(bench, ['pump-1']);
  const device = new TestGateway(await bench.login('pump-10'));
  device.subscribe('/devices/pump-1/config', 1);
  assert.deepEqual(await device.heard(), ['SUBACK 128']);
  device.publish('pump-1', 'events', 'forged', 1);
  await device.client.ended();
  assert.equal(bench.domain.messages.length, 0);
  assert.ok(bench.bridge.session(1) !== undefined);
});
