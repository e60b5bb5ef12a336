import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deviceName } from '../registry/registry.testing.ts';
import { type TestSession, TwinBench } from './twin.testing.ts';

for (const qos of [0, 1] as const) {
  test(`the current config comes at every subscribe at QoS ${qos}, also when it is empty`, async () => {
    await using bench = await TwinBench.open();
    const session = bench.connect(await bench.addDevice('pump-1'));
    await bench.subscribeConfig(session, qos);
    await bench.subscribeConfig(session, qos);
    assert.deepEqual(session.configs, ['', '']);
  });

  test(`a change comes at once to a device that is subscribed at QoS ${qos}`, async () => {
    await using bench = await TwinBench.open();
    const device = await bench.addDevice('pump-1', 'a');
    const session = bench.connect(device);
    await bench.subscribeConfig(session, qos);
    session.acknowledge();
    await bench.setConfig(device, 'b');
    assert.deepEqual(session.configs, ['a', 'b']);
  });
}

test('a device that is not subscribed gets nothing, and the newest when it subscribes', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  await bench.setConfig(device, 'b');
  await bench.setConfig(device, 'c');
  assert.deepEqual(session.configs, []);
  await bench.subscribeConfig(session, 1);
  assert.deepEqual(session.configs, ['c']);
});

test('another device gets nothing of it', async () => {
  await using bench = await TwinBench.open();
  const pump = await bench.addDevice('pump-1');
  const session = bench.connect(await bench.addDevice('pump-2'));
  await bench.subscribeConfig(session, 1);
  await bench.setConfig(pump, 'b');
  assert.deepEqual(session.configs, ['']);
});

test('a PUBACK acknowledges the version that was sent, not the newest', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  await bench.subscribeConfig(session, 1);
  await bench.setConfig(device, 'b');
  session.acknowledge();
  assert.deepEqual(await bench.versions(device), ['2:b', '1:a+']);
  session.acknowledge();
  assert.deepEqual(await bench.versions(device), ['2:b+', '1:a+']);
});

test('the first acknowledgement of a version stands; the time of the last is the device activity', async () => {
  await using bench = await TwinBench.open();
  const { clock } = bench.registry;
  const device = await bench.addDevice('pump-1', 'a');
  const firstMs = clock.now();
  for (let session = 0; session < 2; session++) {
    const connected = bench.connect(device);
    await bench.subscribeConfig(connected, 1);
    connected.acknowledge();
    await bench.acknowledgements.idle();
    clock.advance(60_000);
  }
  const [config] = await bench.configs.versions(deviceName('pump-1'), 1);
  assert.equal(config?.deviceAckMs, firstMs);
  const activity = (await bench.activities.read([device.numId])).get(device.numId);
  assert.deepEqual(activity, { configSend: firstMs + 60_000, configAck: firstMs + 60_000 });
});

test('at QoS 0 nothing is acknowledged and each version is sent once', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  await bench.subscribeConfig(session, 0);
  await bench.setConfig(device, 'b');
  bench.registry.clock.advance(60_000);
  assert.deepEqual(session.configs, ['a', 'b']);
  assert.deepEqual(await bench.versions(device), ['2:b', '1:a']);
  assert.equal((await bench.activities.read([device.numId])).get(device.numId)?.configAck, undefined);
});

test('while one version waits for its PUBACK those after it supersede each other', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  await bench.subscribeConfig(session, 1);
  for (const text of ['b', 'c', 'd']) await bench.setConfig(device, text);
  assert.deepEqual(session.configs, ['a']);
  session.acknowledge();
  assert.deepEqual(session.configs, ['a', 'd']);
  session.acknowledge();
  assert.deepEqual(await bench.versions(device), ['4:d+', '3:c', '2:b', '1:a+']);
});

test('a device that never acknowledges gets the newest when it subscribes again', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  await bench.subscribeConfig(session, 1);
  await bench.setConfig(device, 'b');
  await bench.subscribeConfig(session, 1);
  assert.deepEqual(session.configs, ['a', 'b']);
});

test('a config that could not be sent is sent when there is room', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  session.hasRoom = false;
  await bench.subscribeConfig(session, 1);
  bench.registry.clock.advance(5_000);
  assert.deepEqual(session.configs, []);
  session.hasRoom = true;
  bench.registry.clock.advance(1_000);
  assert.deepEqual(session.configs, ['a']);
});

test('a change that comes while another waits for room takes its place', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  session.hasRoom = false;
  await bench.subscribeConfig(session, 1);
  await bench.setConfig(device, 'b');
  session.hasRoom = true;
  bench.registry.clock.advance(60_000);
  assert.deepEqual(session.configs, ['b']);
});

test('a device that subscribes over and over without room costs one read at a time and one try a second', async () => {
  await using bench = await TwinBench.open();
  const session = bench.connect(await bench.addDevice('pump-1', 'a'));
  session.hasRoom = false;
  let reads = 0;
  const configOf = bench.configs.configOf.bind(bench.configs);
  bench.configs.configOf = (numId) => {
    reads++;
    return configOf(numId);
  };
  await Promise.all(Array.from({ length: 100 }, () => bench.subscribeConfig(session, 1)));
  for (let round = 0; round < 10; round++) await bench.subscribeConfig(session, 1);
  assert.equal(reads, 11);
  session.tries = 0;
  bench.registry.clock.advance(5_000);
  assert.equal(session.tries, 5);
});

test('a version that was not acknowledged before the session ended comes again in the next', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  await bench.subscribeConfig(bench.connect(device), 1);
  const next = bench.connect(device);
  await bench.subscribeConfig(next, 1);
  bench.registry.clock.advance(60_000);
  assert.deepEqual(next.configs, ['a']);
  next.acknowledge();
  assert.deepEqual(await bench.versions(device), ['1:a+']);
});

/** Subscribes, and hands out the config as it was when `during` began, or as it is after it. */
async function subscribeDuring(
  bench: TwinBench,
  session: TestSession,
  qos: 0 | 1,
  read: 'before' | 'after',
  during: () => Promise<unknown>,
): Promise<void> {
  const { configs } = bench;
  const configOf = configs.configOf.bind(configs, session.principal.key);
  const before = await configOf();
  const answer = Promise.withResolvers<typeof before>();
  configs.configOf = () => answer.promise;
  const subscribed = bench.subscribeConfig(session, qos);
  await during();
  answer.resolve(read === 'before' ? before : await configOf());
  await subscribed;
}

for (const read of ['before', 'after'] as const) {
  test(`a change while the config of a new subscription is read is sent once, and nothing after it (${read})`, async () => {
    await using bench = await TwinBench.open();
    const device = await bench.addDevice('pump-1', 'a');
    const session = bench.connect(device);
    await subscribeDuring(bench, session, 0, read, () => bench.setConfig(device, 'b'));
    assert.deepEqual(session.configs, ['b']);
  });
}

test('a change that waits is not lost when the config read before it finds no room', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  await bench.subscribeConfig(session, 1);
  await subscribeDuring(bench, session, 1, 'before', async () => {
    await bench.setConfig(device, 'b');
    session.hasRoom = false;
  });
  session.hasRoom = true;
  bench.registry.clock.advance(1_000);
  assert.deepEqual(session.configs, ['a', 'b']);
});

test('of two changes that are told in the wrong order the newer arrives', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  await bench.subscribeConfig(session, 1);
  const version = { cloudUpdateMs: 0, deviceAckMs: undefined, payload: Buffer.from('c') };
  bench.delivery.changed({ numId: device.numId, config: { ...version, version: 3 } });
  bench.delivery.changed({ numId: device.numId, config: { ...version, version: 2, payload: Buffer.from('b') } });
  session.acknowledge();
  assert.deepEqual(session.configs, ['a', 'c']);
});

test('a session whose config cannot be read is closed, so that the device comes again', async () => {
  await using bench = await TwinBench.open();
  const session = bench.connect(await bench.addDevice('pump-1', 'a'));
  bench.configs.configOf = () => Promise.reject(new Error('disk gone'));
  await bench.subscribeConfig(session, 1);
  assert.equal(session.closed?.code, 'CONFIG_UNREADABLE');
});

type Step = 'modify' | 'modify twice' | 'subscribe' | 'unsubscribe' | 'acknowledge' | 'reconnect' | 'full' | 'wait';
const STEPS: readonly Step[] = [
  'modify',
  'modify twice',
  'subscribe',
  'unsubscribe',
  'acknowledge',
  'reconnect',
  'full',
  'wait',
];

test('whatever happens in whatever order, versions only grow in a session and the newest arrives', async () => {
  const step = fc.record({ step: fc.constantFrom(...STEPS), settle: fc.boolean() });
  const qosOf = fc.constantFrom<0 | 1>(0, 1);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), qosOf, async (steps, qos) => {
      await using bench = await TwinBench.open();
      const device = await bench.addDevice('pump-1', '1');
      let session = bench.connect(device);
      const sessions = [session];
      const pending: Promise<unknown>[] = [];
      let version = 1;
      const modify = () => pending.push(bench.setConfig(device, String(++version)));
      const act: Readonly<Record<Step, () => void>> = {
        modify,
        'modify twice': () => {
          modify();
          modify();
        },
        subscribe: () => void pending.push(bench.subscribeConfig(session, qos)),
        unsubscribe: () => session.unsubscribe('config'),
        acknowledge: () => void session.acknowledge(),
        reconnect: () => sessions.push((session = bench.connect(device))),
        full: () => (session.hasRoom = !session.hasRoom),
        wait: () => bench.registry.clock.advance(1_000),
      };
      for (const { step: name, settle } of steps) {
        act[name]();
        // Otherwise the next step falls into the middle of this one.
        if (settle) await Promise.all(pending);
      }
      await Promise.all(pending);
      session.hasRoom = true;
      if (session.subscriptionQos('config') === undefined) await bench.subscribeConfig(session, qos);
      bench.registry.clock.advance(1_000);
      while (session.acknowledge());

      for (const { configs } of sessions) {
        const versions = configs.map(Number);
        assert.deepEqual(
          versions,
          versions.toSorted((a, b) => a - b),
        );
      }
      assert.equal(session.configs.at(-1), String(version));
      const [newest] = await bench.versions(device);
      assert.equal(newest, `${version}:${version}${qos === 1 ? '+' : ''}`);
    }),
    { numRuns: 150 },
  );
});

test('a session that is resumed brings the newest config, unless the device has acknowledged it', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const first = bench.connect(device);
  await bench.subscribeConfig(first, 1);
  first.acknowledge();
  assert.deepEqual(await bench.versions(device), ['1:a+']);

  const known = bench.connect(device);
  known.subscribe('config', 1);
  await bench.delivery.resumed(known, []);
  assert.deepEqual(known.configs, []);

  await bench.setConfig(device, 'b');
  const behind = bench.connect(device);
  behind.subscribe('config', 1);
  await bench.delivery.resumed(behind, []);
  assert.deepEqual(behind.configs, ['b']);

  const unsure = bench.connect(device);
  unsure.subscribe('config', 0);
  await bench.delivery.resumed(unsure, []);
  assert.deepEqual(unsure.configs, ['b'], 'at QoS 0 nobody knows');
});

test('a version that is sent again is not sent beside that, and a newer one comes behind it', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const session = bench.connect(device);
  session.subscribe('config', 1);
  await bench.delivery.resumed(session, [1]);
  assert.deepEqual(session.configs, []);
  await bench.setConfig(device, 'b');
  assert.deepEqual(session.configs, [], 'the one before has to be acknowledged first');
  bench.delivery.settled(session, 1, true);
  assert.deepEqual(session.configs, ['b']);
  assert.deepEqual(await bench.versions(device), ['2:b', '1:a+']);
});

test('a device that is resumed and subscribes at once gets its config, even if it has it', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'a');
  const first = bench.connect(device);
  await bench.subscribeConfig(first, 1);
  first.acknowledge();
  await bench.versions(device);
  const session = bench.connect(device);
  session.subscribe('config', 1);
  const resumed = bench.delivery.resumed(session, []);
  await bench.subscribeConfig(session, 1);
  await resumed;
  assert.deepEqual(session.configs, ['a']);
});
