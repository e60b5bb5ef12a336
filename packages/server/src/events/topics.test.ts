import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CloseReason, PublishOutcome, Session } from '../bridge/hooks.ts';
import type { Activity } from '../registry/activity.ts';
import type { DevicePrincipal, RegistryRecord } from '../registry/model.ts';
import { NOON, payloadsFrom } from './appended.testing.ts';
import type { SegmentLog } from './segmentLog/segmentLog.ts';
import { LogBench } from './segmentLog/segmentLog.testing.ts';
import { eventMessage } from './eventMessage.ts';
import { eventsTopic } from './topics.ts';

/** What the bridge was told of one session's messages. */
class Outcome implements PublishOutcome {
  readonly accepted = (packetId: number): void => void this.acceptedIds.push(packetId);
  readonly refused = (reason: CloseReason): void => void this.refusals.push(reason);
  readonly acceptedIds: number[] = [];
  readonly refusals: CloseReason[] = [];
}

function sessionOf(deviceId: string, numId: number): Session<DevicePrincipal> {
  const registry = { project: 'mkiot-abc123', location: 'local', id: 'pumps' } as RegistryRecord;
  return {
    principal: { key: numId, deviceId, registry, credentialId: 1 },
    clientId: 'unused',
    endsAtMs: NOON,
    epoch: 1,
    remoteAddress: '192.0.2.1',
    openedAtMs: NOON,
    protocolLevel: 4,
    keepAliveSeconds: 60,
    lastHeardAtMs: NOON,
    expectedByMs: NOON + 90_000,
    subscriptionQos: () => undefined,
    deliver: () => assert.fail('events send nothing to a device'),
    renew: () => assert.fail('events renew nothing'),
    close: () => assert.fail('the bridge closes when it is told to'),
  };
}

async function topicBench() {
  const bench = new LogBench();
  const log: SegmentLog = await bench.open();
  const marks: [number, Activity, number][] = [];
  const clock = new VirtualClock(NOON);
  const topic = eventsTopic({ log, activities: { mark: (...mark) => void marks.push(mark) }, clock });
  return { bench, log, marks, clock, topic };
}

test('a device publishes: the event is stored with its origin, then acknowledged, and the device was last seen', async () => {
  const { log, marks, clock, topic } = await topicBench();
  const outcome = new Outcome();
  topic.publish(sessionOf('pump-1', 4711), 'temp/indoor', Buffer.from('21.5'), 7, outcome);
  clock.advance(10);
  topic.publish(sessionOf('pump-2', 4712), '', Buffer.from('22.5'), 7, new Outcome());
  assert.deepEqual(outcome.acceptedIds, [], 'not before it is on disk');
  await log.close();
  assert.deepEqual(outcome.acceptedIds, [7]);
  const place = { project: 'mkiot-abc123', location: 'local', registry: 'pumps' };
  assert.partialDeepStrictEqual((await log.read(1, 10)).events, [
    { ...place, deviceId: 'pump-1', deviceNumId: 4711, subfolder: 'temp/indoor', receivedAtMs: NOON, sequence: 1 },
    { ...place, deviceId: 'pump-2', deviceNumId: 4712, subfolder: '', receivedAtMs: NOON + 10, sequence: 2 },
  ]);
  assert.deepEqual(marks, [
    [4711, 'event', NOON],
    [4712, 'event', NOON + 10],
  ]);
});

test('a will is stored as one, beside what the device says, and is no sign of life', async () => {
  const { log, marks, topic } = await topicBench();
  const session = sessionOf('pump-1', 4711);
  const [own, last] = [new Outcome(), new Outcome()];
  topic.publish(session, '', Buffer.from('here'), 1, own, { qos: 1 });
  topic.publish(session, 'gone', Buffer.from('gone'), 1, last, { qos: 1, isWill: true });
  await log.close();
  assert.deepEqual([own.acceptedIds, last.acceptedIds], [[1], [1]]);
  const { events } = await log.read(1, 10);
  assert.deepEqual(
    events.map((event) => [event.subfolder, event.isWill, eventMessage(event).attributes['will']]),
    [
      ['', undefined, undefined],
      ['gone', true, 'true'],
    ],
  );
  assert.deepEqual(marks, [[4711, 'event', NOON]]);
});

test('messages of a session are acknowledged in their order, and at QoS 0 stored without a word', async () => {
  const { log, topic } = await topicBench();
  const session = sessionOf('pump-1', 4711);
  const outcome = new Outcome();
  for (const packetId of [3, undefined, 1, 2])
    topic.publish(session, '', Buffer.from(`${packetId}`), packetId, outcome);
  await log.close();
  assert.deepEqual(outcome.acceptedIds, [3, 1, 2]);
  assert.deepEqual(await payloadsFrom(log), ['3', 'undefined', '1', '2']);
});

test('an event may have 262144 bytes and not one more', async () => {
  const { log, topic } = await topicBench();
  const outcome = new Outcome();
  const session = sessionOf('pump-1', 4711);
  topic.publish(session, '', new Uint8Array(262_144), 1, outcome);
  topic.publish(session, '', new Uint8Array(262_145), 2, outcome);
  await log.close();
  assert.deepEqual(outcome.acceptedIds, [1]);
  assert.partialDeepStrictEqual(outcome.refusals, [
    { code: 'EVENT_TOO_LARGE', by: 'SERVER', status: 'INVALID_ARGUMENT' },
  ]);
  assert.equal(log.lastCommitted, 1);
});

test('an event that the disk does not take is refused, and the reason says nothing of the server', async () => {
  const { bench, log, topic } = await topicBench();
  bench.fileSystem.failing = ({ operation }) => (operation === 'sync' ? { code: 'EIO', share: 0 } : undefined);
  const outcome = new Outcome();
  topic.publish(sessionOf('pump-1', 4711), '', Buffer.from('a'), 1, outcome);
  await log.close();
  assert.deepEqual(outcome.acceptedIds, []);
  assert.partialDeepStrictEqual(outcome.refusals, [{ code: 'EVENT_NOT_STORED', status: 'UNAVAILABLE' }]);
  assert.doesNotMatch(outcome.refusals[0]?.message ?? '', /data|EIO/);
});
