import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { PlatformUser } from '../support/platformUser.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { until } from '../support/until.ts';
import { checkedAgainst } from './checkedAgainst.ts';
import { Publisher } from './publisher.ts';
import { publishThroughout } from './publishThroughout.ts';
import { SubscriptionReader } from './subscriptionReader.ts';
import { diskError, TroubledDisk } from './troubledDisk.ts';
import { metrics } from '../support/metrics.ts';
import { health, untilHealth } from './watching.ts';

const PAYLOAD_BYTES = 10_000;
const MEBIBYTE = 1_048_576;

async function publishers(owner: PlatformUser, count: number, events: number, window: number): Promise<Publisher[]> {
  const all: Publisher[] = [];
  for (let number = 1; number <= count; number++) {
    const device = await owner.createDevice(`pump-${number}`);
    all.push(new Publisher(device, { window, payloadBytes: PAYLOAD_BYTES, events }));
  }
  return all;
}

function acknowledgedBy(devices: readonly Publisher[]): number {
  return devices.reduce((sum, { sent }) => sum + sent.acknowledgedCount, 0);
}

test('a failing sync: nothing of that commit is acknowledged, it is told, and every event is there when it is over', async () => {
  const disk = new TroubledDisk();
  const log: string[] = [];
  await using platform = await startTestPlatform({ fileSystem: disk, log: (line) => log.push(line) });
  const { address } = platform;
  const subscription = new SubscriptionReader('durability', platform.adminToken);
  await subscription.create(address);
  const [device] = (await publishers(platform, 1, 300, 20)) as [Publisher];
  disk.beforeSync = async () => {
    throw diskError('EIO');
  };
  const published = publishThroughout(device, address);
  const { body } = await untilHealth(address, 503);
  assert.deepEqual(body.problems, [{ code: 'EVENT_LOG_WRITE_FAILED', cause: 'EIO' }]);
  assert.ok(log.some((line) => line.includes('EVENT_LOG_WRITE_FAILED')));
  assert.equal((await metrics(address)).get('mkiot_events_failing'), 1);
  assert.equal(device.sent.acknowledgedCount, 0);
  // What is not on disk is shown to no consumer either.
  await subscription.readAll(address);
  assert.deepEqual(subscription.found, []);

  disk.beforeSync = async () => undefined;
  await published;
  assert.deepEqual((await untilHealth(address, 200)).body, { status: 'ok' });
  assert.ok(log.some((line) => line.includes('a problem is over')));
  await subscription.readAll(address);
  const { present, violations } = await checkedAgainst([device], PAYLOAD_BYTES, subscription.found);
  assert.deepEqual([present, violations, subscription.violations], [300, [], []]);
});

test('a disk that takes two seconds a sync: each acknowledgement waits for it, it is told, and nothing is lost', async () => {
  const disk = new TroubledDisk();
  await using platform = await startTestPlatform({ fileSystem: disk });
  const { address } = platform;
  const devices = await publishers(platform, 3, 20, 10);
  const acknowledgedAtSync: number[] = [];
  disk.beforeSync = async () => {
    await pause(2_000);
    acknowledgedAtSync.push(acknowledgedBy(devices));
  };
  const published = Promise.all(devices.map((device) => publishThroughout(device, address)));
  const slow = await until(
    () => health(address),
    ({ body }) => body.status !== 'ok',
  );
  assert.deepEqual(slow, { status: 200, body: { status: 'degraded', problems: [{ code: 'EVENT_LOG_SLOW' }] } });
  assert.equal((await metrics(address)).get('mkiot_problem{code="EVENT_LOG_SLOW"}'), 1);
  await published;
  assert.equal(acknowledgedAtSync[0], 0);
  assert.ok((acknowledgedAtSync[1] ?? 0) > 0, 'the first sync has released acknowledgements');
  assert.equal((await platform.pullAllEvents()).length, 60);
});

test('while the disk hangs, memory is bounded, sockets are not read, nobody is cut off; then every event is there', async () => {
  const disk = new TroubledDisk();
  const settings = { 'events.waitingMebibytes': '1' };
  await using platform = await startTestPlatform({ fileSystem: disk, settings });
  const { address } = platform;
  const hanging = Promise.withResolvers<void>();
  disk.beforeSync = () => hanging.promise;
  // Far more than the log takes into memory, and than sockets hold: 4 devices with 10 MB each.
  const devices = await publishers(platform, 4, 1_000, 1_000);
  const published = Promise.all(devices.map((device) => publishThroughout(device, address)));
  await until(
    () => metrics(address),
    (all) => all.get('mkiot_events_saturated') === 1,
  );
  // The devices' own buffers move no more: everything on the way is full.
  let waitingBytes = -1;
  await until(
    async () => {
      const before = waitingBytes;
      waitingBytes = devices.reduce((sum, device) => sum + device.waitingBytes, 0);
      await health(address);
      return before === waitingBytes;
    },
    (isStill) => isStill && waitingBytes > 0,
  );
  const all = await metrics(address);
  const inMemory = all.get('mkiot_events_waiting_bytes') ?? 0;
  assert.ok(inMemory >= MEBIBYTE && inMemory < 2 * MEBIBYTE, `${inMemory} bytes of events in memory`);
  const received = all.get('mkiot_mqtt_messages_received_total') ?? 0;
  assert.ok(received < 400, `${received} of 4000 messages were read`);
  assert.ok(waitingBytes > 10 * MEBIBYTE, `${waitingBytes} bytes wait at the devices`);
  assert.equal(acknowledgedBy(devices), 0);
  assert.equal(all.get('mkiot_mqtt_sessions'), 4);

  disk.beforeSync = async () => undefined;
  hanging.resolve();
  await published;
  const texts = await platform.pullAllEvents();
  const found = texts.map(({ attributes, payload }, index) => ({
    sequence: index + 1,
    device: attributes['deviceId'] ?? '',
    text: payload,
  }));
  const { present, violations, duplicates } = await checkedAgainst(devices, PAYLOAD_BYTES, found);
  assert.deepEqual([present, duplicates, violations], [4_000, 0, []]);
});
