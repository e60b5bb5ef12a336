import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket, publishPacket, type TestPrincipal } from '../bridge/bridge.testing.ts';
import { QUOTA_NAMES, type QuotaName, type QuotaNumbers, quotaRow } from './quotaTable.ts';
import { Quotas } from './quotas.ts';

function numbers(some: Partial<QuotaNumbers>): QuotaNumbers {
  return { ...(Object.fromEntries(QUOTA_NAMES.map((name) => [name, 0])) as QuotaNumbers), ...some };
}

/** A bridge with quotas before its domain. */
function quotaBench(some: Partial<QuotaNumbers>) {
  let quotas: Quotas<TestPrincipal> | undefined;
  const bench = new BridgeBench({}, 0, {}, ({ clock, domain, log }) => {
    const made = new Quotas<TestPrincipal>({
      numbers: numbers(some),
      link: { session: (key) => bench.bridge.session(key) },
      sessionCount: () => bench.bridge.sessionCount,
      clock,
      logger: log,
    });
    quotas = made;
    return {
      publishRoutes: made.publishRoutes(domain.publishRoutes),
      refusal: (principal) => made.refusalByMqtt(principal),
    };
  });
  const excesses = (name: QuotaName) => quotas!.counts().find(([each]) => each === name)?.[1];
  return { bench, excesses, refusal: (device: TestPrincipal) => quotas!.refusalByHttp(device)?.code };
}

const event = (packetId: number, text = 'x', device = 'pump-1') =>
  publishPacket(`/devices/${device}/events`, text, packetId);

test('without a quota the routes are untouched, so that none costs nothing', () => {
  const { domain, clock, log } = new BridgeBench();
  const link = { session: () => undefined };
  const quotas = new Quotas<TestPrincipal>({ numbers: numbers({}), link, sessionCount: () => 0, clock, logger: log });
  assert.deepEqual(
    quotas.publishRoutes(domain.publishRoutes).map((route, at) => route === domain.publishRoutes[at]),
    [true, true],
  );
});

test('a device that sends too fast loses its connection, and what was acknowledged before is kept', async () => {
  const { bench, excesses } = quotaBench({ deviceMessagesPerSecond: 3 });
  const client = await bench.login();
  client.send(event(1), event(2), event(3), event(4), event(5));
  const answers = await client.ended();
  assert.deepEqual(
    answers.map((packet) => packet.type === 'PUBACK' && packet.packetId),
    [1, 2, 3],
  );
  assert.equal(bench.domain.messages.length, 3);
  assert.match(bench.domain.story.at(-1) ?? '', /closed pump-1 #1 SERVER QUOTA_EXCEEDED/);
  assert.equal(bench.bridge.counts.closed.get('QUOTA_EXCEEDED'), 1);
  assert.equal(excesses('deviceMessagesPerSecond'), 1);
  const told = bench.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.ok(told.some((line) => line['quota'] === 'deviceMessagesPerSecond' && line['who'] === 'pump-1'));
});

test('at the rate of the quota a device may send for ever', async () => {
  const { bench } = quotaBench({ deviceMessagesPerSecond: 1 });
  const client = await bench.login();
  for (let packetId = 1; packetId <= 20; packetId++) {
    client.send(event(packetId));
    assert.deepEqual(await client.packet(), { type: 'PUBACK', packetId });
    await bench.pass(1_000);
  }
});

test('coming back does not begin the count anew, and another device has a count of its own', async () => {
  const { bench } = quotaBench({ deviceMessagesPerSecond: 1 });
  const first = await bench.login();
  first.send(event(1));
  await first.packet();
  const again = await bench.login();
  again.send(event(2));
  assert.deepEqual(await again.ended(), []);
  const other = await bench.login('valve-2');
  other.send(event(3, 'x', 'valve-2'));
  assert.deepEqual(await other.packet(), { type: 'PUBACK', packetId: 3 });
});

test('in MQTT 5.0 the goodbye names the rate', async () => {
  const { bench } = quotaBench({ deviceKibibytesPerSecond: 1 });
  const client = await bench.login('pump-1', { protocolLevel: 5 });
  client.send(event(1, 'x'.repeat(1_024)), event(2));
  const [puback, goodbye] = await client.ended();
  assert.equal(puback?.type, 'PUBACK');
  assert.partialDeepStrictEqual(goodbye, { type: 'DISCONNECT', reasonCode: REASON_CODES.MESSAGE_RATE_TOO_HIGH.code });
});

test('a will is taken behind the quotas as without them, and counts: one that is above them is lost', async () => {
  const { bench, excesses } = quotaBench({ deviceMessagesPerSecond: 3 });
  bench.domain.hasWills = true;
  const will = { topic: '/devices/pump-1/events', payload: utf8Encode('gone'), qos: 1, retain: false } as const;
  const texts = () => bench.domain.messages.map(({ text }) => text);
  const calm = await bench.login('pump-1', { will });
  calm.socket.destroy();
  await bench.pass(5_000);
  assert.deepEqual(texts(), ['gone']);
  const hasty = await bench.login('pump-1', { will });
  hasty.send(event(1, 'a'), event(2, 'b'), event(3, 'c'), event(4, 'd'));
  await hasty.ended();
  await bench.pass(5_000);
  assert.deepEqual(texts(), ['gone', 'a', 'b', 'c']);
  assert.equal(excesses('deviceMessagesPerSecond'), 2);
});

test('a quota of all devices counts each kind of message for itself', async () => {
  const { bench } = quotaBench({ eventsPerMinute: 2, statesPerMinute: 1 });
  const pump = await bench.login('pump-1', { protocolLevel: 5 });
  const valve = await bench.login('valve-2');
  valve.send(event(1, 'x', 'valve-2'), publishPacket('/devices/valve-2/state', 'x', 2));
  await valve.packet();
  await valve.packet();
  pump.send(event(1));
  await pump.packet();
  pump.send(event(2));
  assert.partialDeepStrictEqual(await pump.packet(), {
    type: 'DISCONNECT',
    reasonCode: REASON_CODES.QUOTA_EXCEEDED.code,
  });
  assert.deepEqual(await valve.packetsBeforePong(), []);
});

for (const [level, returnCode] of [
  [4, 3],
  [5, REASON_CODES.QUOTA_EXCEEDED.code],
] as const) {
  test(`one device more than may be connected is asked to come later, at level ${level}`, async () => {
    const { bench, excesses } = quotaBench({ connections: 1 });
    const first = await bench.login('pump-1');
    const second = bench.connect(level);
    second.send(connectPacket('valve-2', { protocolLevel: level }));
    assert.partialDeepStrictEqual(await second.packet(), { type: 'CONNACK', returnCode });
    assert.equal(excesses('connections'), 1);
    assert.deepEqual(await first.packetsBeforePong(), []);
  });
}

test('a device that takes its own session over is no one more', async () => {
  const { bench } = quotaBench({ connections: 1 });
  await bench.login('pump-1');
  const again = await bench.login('pump-1');
  assert.deepEqual(await again.packetsBeforePong(), []);
});

test('who does not show who he is uses no quota up and learns of none', async () => {
  const { bench, excesses } = quotaBench({ loginsPerMinute: 1, connections: 1 });
  for (let attempt = 0; attempt < 5; attempt++) {
    const stranger = bench.connect(5);
    stranger.send(connectPacket('pump-1', { protocolLevel: 5, password: new Uint8Array(3) }));
    const refusal = await stranger.packet();
    assert.partialDeepStrictEqual(refusal, { returnCode: REASON_CODES.NOT_AUTHORIZED.code });
    assert.equal(refusal?.type === 'CONNACK' ? refusal.properties : {}, undefined);
  }
  await bench.login('pump-1');
  assert.equal(excesses('loginsPerMinute'), 0);
  const late = bench.connect(5);
  late.send(connectPacket('pump-1', { protocolLevel: 5 }));
  assert.partialDeepStrictEqual(await late.packet(), { returnCode: REASON_CODES.CONNECTION_RATE_EXCEEDED.code });
});

test('devices that log in too fast together are told to come back one after the other', async () => {
  const { bench } = quotaBench({ loginsPerMinute: 30 });
  for (let login = 0; login < 30; login++) await bench.login('pump-1');
  const told = [];
  for (let late = 0; late < 3; late++) {
    const client = bench.connect(5);
    client.send(connectPacket('pump-1', { protocolLevel: 5 }));
    const connack = await client.packet();
    if (connack?.type === 'CONNACK') told.push(connack.properties?.userProperties);
  }
  assert.deepEqual(told, [[['retry-after', '2']], [['retry-after', '4']], [['retry-after', '6']]]);
});

test('devices by HTTP count for five minutes after their last call', async () => {
  const { bench, refusal } = quotaBench({ httpDevices: 1 });
  const [pump, , valve] = [...bench.domain.devices.values()];
  assert.deepEqual(
    [pump, pump, valve].map((device) => refusal(device!)),
    [undefined, undefined, 'QUOTA_EXCEEDED'],
  );
  await bench.pass(300_000);
  assert.deepEqual(
    [valve, pump].map((device) => refusal(device!)),
    [undefined, 'QUOTA_EXCEEDED'],
  );
});

test("Google's numbers are those of its page", () => {
  const google = Object.fromEntries(QUOTA_NAMES.map((name) => [name, quotaRow(name).iotCore]));
  assert.deepEqual(google, {
    connections: 10_000,
    httpDevices: 10_000,
    loginsPerMinute: 60_000,
    deviceMessagesPerSecond: 100,
    deviceKibibytesPerSecond: 512,
    eventsPerMinute: 60_000,
    statesPerMinute: 6_000,
    deviceConfigsPerSecond: 1,
    configsPerMinute: 6_000,
    deviceUpdatesPerSecond: 1,
    registryUpdatesPerSecond: 1,
    apiReadsPerMinute: 30_000,
    apiCreationsPerMinute: 3_000,
  });
});
