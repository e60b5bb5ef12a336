import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sql } from 'kysely';
import { test } from 'node:test';
import { appendAll, Appender, NOON, PUMP } from './appended.testing.ts';
import { ADMIN, BILLING, EventsBench, EVERYTHING } from './events.testing.ts';
import { encodeOrigin } from './segmentLog/originCodec.ts';

const DAY_MS = 86_400_000;

async function benchWithBilling(): Promise<EventsBench> {
  const bench = await EventsBench.open();
  await bench.subscriptions.create(BILLING, EVERYTHING, ADMIN);
  return bench;
}

test('a subscription gets what comes after it was made, in order', async () => {
  await using bench = await EventsBench.open();
  await appendAll(bench.log, ['before']);
  await bench.subscriptions.create(BILLING, EVERYTHING, ADMIN);
  await appendAll(bench.log, ['a', 'b', 'c']);
  assert.deepEqual([...(await bench.pull(2)).keys()], ['a', 'b']);
  assert.deepEqual([...(await bench.pull()).keys()], ['c']);
  assert.deepEqual([...(await bench.pull()).keys()], []);
});

test('what is not acknowledged by its deadline comes again, and only that', async () => {
  await using bench = await benchWithBilling();
  await appendAll(bench.log, ['a', 'b', 'c']);
  const pulled = await bench.pull();
  await bench.subscriptions.acknowledge(BILLING, [pulled.get('b') ?? '']);
  bench.clock.advance(9_999);
  await appendAll(bench.log, ['d']);
  assert.deepEqual([...(await bench.pull()).keys()], ['d']);
  bench.clock.advance(1);
  assert.deepEqual([...(await bench.pull()).keys()], ['a', 'c']);
});

test('a late acknowledgement counts, and one that comes twice does no harm', async () => {
  await using bench = await benchWithBilling();
  await appendAll(bench.log, ['a']);
  const ackId = (await bench.pull()).get('a') ?? '';
  bench.clock.advance(20_000);
  await bench.subscriptions.acknowledge(BILLING, [ackId, ackId]);
  await bench.subscriptions.acknowledge(BILLING, [ackId]);
  assert.deepEqual([...(await bench.pull()).keys()], []);
});

test('acknowledged in any order, with restarts between, everything is delivered and nothing acknowledged comes again', async () => {
  const anyStep = fc.record({
    kind: fc.constantFrom('append', 'pull', 'acknowledge', 'restart', 'wait'),
    pick: fc.nat(20),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 30 }), async (steps) => {
      await using bench = await benchWithBilling();
      let appended = 0;
      const open = new Map<string, string>();
      const acknowledged = new Set<string>();
      const delivered = new Set<string>();
      const pull = async (maxEvents: number): Promise<number> => {
        const pulled = await bench.pull(maxEvents);
        for (const [payload, ackId] of pulled) {
          assert.ok(!acknowledged.has(payload), `${payload} was acknowledged`);
          open.set(payload, ackId);
          delivered.add(payload);
        }
        return pulled.size;
      };
      for (const { kind, pick } of steps) {
        if (kind === 'append')
          await appendAll(
            bench.log,
            Array.from({ length: pick + 1 }, () => `${++appended}`),
          );
        else if (kind === 'pull') await pull(pick + 1);
        else if (kind === 'wait') bench.clock.advance(10_000);
        else if (kind === 'restart') {
          await bench.restart();
          open.clear();
        } else if (open.size > 0) {
          const [payload, ackId] = [...open][pick % open.size] as [string, string];
          await bench.subscriptions.acknowledge(BILLING, [ackId]);
          open.delete(payload);
          acknowledged.add(payload);
        }
      }
      bench.clock.advance(10_000);
      while ((await pull(1_000)) > 0);
      assert.equal(delivered.size, appended);
    }),
    { numRuns: 60 },
  );
});

test('a consumer that never acknowledges an event holds up no other, not even over a restart', async () => {
  await using bench = await benchWithBilling();
  await appendAll(bench.log, ['poison', ...Array.from({ length: 50 }, (_, index) => `${index}`)]);
  const pulled = await bench.pull();
  pulled.delete('poison');
  await bench.subscriptions.acknowledge(BILLING, [...pulled.values()]);
  await bench.restart();
  assert.deepEqual([...(await bench.pull()).keys()], ['poison']);
});

test('only so many events are out at once', async () => {
  await using bench = await benchWithBilling();
  for (let batch = 0; batch < 11; batch++)
    await appendAll(
      bench.log,
      Array.from({ length: 500 }, (_, index) => `${batch}/${index}`),
    );
  const pulled = await bench.pull(10_000);
  assert.equal(pulled.size, 5_000);
  assert.equal((await bench.pull()).size, 0);
  await bench.subscriptions.acknowledge(BILLING, [...pulled.values()].slice(0, 7));
  assert.equal((await bench.pull()).size, 7);
});

test('a pull ends soon after its limit of bytes, and what is due again counts too', async () => {
  await using bench = await benchWithBilling();
  for (let event = 0; event < 20; event++) await appendAll(bench.log, [`${event}`.padEnd(262_144)]);
  assert.equal((await bench.pull()).size, 16);
  assert.equal((await bench.pull()).size, 4);
  bench.clock.advance(10_000);
  const again = await bench.pull();
  assert.ok(again.size >= 16 && again.size < 20, `${again.size}`);
});

test('a subscription may be to one registry, or one device of it', async () => {
  await using bench = await EventsBench.open();
  const { subscriptions, log } = bench;
  const make = async (id: string, registry?: string, device?: string) => {
    const name = { ...BILLING, subscription: id };
    await subscriptions.create(name, { registry, device, ackDeadlineSeconds: 10, hold: false }, ADMIN);
    return name;
  };
  const all = await make('all');
  const north = await make('north', 'north');
  const one = await make('one', 'north', 'pump-2');
  const byNumber = await make('by-number', 'north', '22');
  const foreign = { project: 'other-project', subscription: 'foreign' };
  await subscriptions.create(foreign, EVERYTHING, ADMIN);
  const from = (registry: string, deviceId: string, deviceNumId: number): void => {
    const origin = encodeOrigin({ ...PUMP, registry, deviceId, deviceNumId });
    log.append(origin, '', Buffer.from(`${registry}/${deviceId}`), NOON, undefined, 0);
  };
  for (const registry of ['north', 'south']) for (const number of [1, 2]) from(registry, `pump-${number}`, number * 11);
  await appendAll(log, ['end']);

  assert.equal((await bench.pull(100, all)).size, 5);
  assert.deepEqual([...(await bench.pull(100, north)).keys()], ['north/pump-1', 'north/pump-2']);
  assert.deepEqual([...(await bench.pull(100, one)).keys()], ['north/pump-2']);
  assert.deepEqual([...(await bench.pull(100, byNumber)).keys()], ['north/pump-2']);
  assert.deepEqual([...(await bench.pull(100, foreign)).keys()], []);
});

test('a narrow subscription goes past what it does not want, page after page', async () => {
  await using bench = await EventsBench.open();
  await bench.subscriptions.create(BILLING, { ...EVERYTHING, registry: 'north' }, ADMIN);
  for (let batch = 0; batch < 5; batch++)
    await appendAll(
      bench.log,
      Array.from({ length: 1_000 }, () => 'south'),
    );
  bench.log.append(encodeOrigin({ ...PUMP, registry: 'north' }), '', Buffer.from('north'), NOON, undefined, 0);
  await appendAll(bench.log, ['end']);
  assert.deepEqual([...(await bench.pull()).keys()], ['north']);
});

test('a pull waits for the first event', async () => {
  await using bench = await benchWithBilling();
  const pulling = bench.subscriptions.pull(BILLING, 10, 5_000, new AbortController().signal);
  await bench.clock.advanceAsync(1_000);
  await appendAll(bench.log, ['a']);
  assert.equal((await pulling).events.length, 1);
});

test('a pull waits no longer than it may', async () => {
  await using bench = await benchWithBilling();
  let pulled: unknown;
  const pulling = bench.subscriptions
    .pull(BILLING, 10, 5_000, new AbortController().signal)
    .then((result) => (pulled = result));
  await bench.clock.advanceAsync(4_999);
  assert.equal(pulled, undefined);
  await bench.clock.advanceAsync(1);
  await pulling;
  assert.deepEqual(pulled, { events: [], missedEvents: 0 });
});

test('a pull that waits gets what is due again, and what an acknowledgement makes room for', async () => {
  await using bench = await benchWithBilling();
  await appendAll(bench.log, ['a']);
  await bench.pull();
  const pulling = bench.subscriptions.pull(BILLING, 10, 20_000, new AbortController().signal);
  await bench.clock.advanceAsync(10_000);
  assert.equal((await pulling).events.length, 1);

  for (let batch = 0; batch < 10; batch++)
    await appendAll(
      bench.log,
      Array.from({ length: 500 }, (_, index) => `${batch}/${index}`),
    );
  const [first = ''] = (await bench.pull(5_000)).values();
  const waiting = bench.subscriptions.pull(BILLING, 10, 5_000, new AbortController().signal);
  await bench.clock.advanceAsync(100);
  await bench.subscriptions.acknowledge(BILLING, [first]);
  assert.equal((await waiting).events.length, 1);
});

test('when the caller goes away the pull ends, and what it had got is delivered to the next', async () => {
  await using bench = await benchWithBilling();
  const gone = new AbortController();
  const waiting = bench.subscriptions.pull(BILLING, 10, 5_000, gone.signal);
  await bench.clock.advanceAsync(100);
  gone.abort();
  assert.deepEqual(await waiting, { events: [], missedEvents: 0 });

  await appendAll(bench.log, ['a']);
  assert.deepEqual(await bench.subscriptions.pull(BILLING, 10, 5_000, gone.signal), { events: [], missedEvents: 0 });
  assert.deepEqual([...(await bench.pull()).keys()], ['a']);
});

test('two pulls at once never get the same event', async () => {
  await using bench = await benchWithBilling();
  await appendAll(
    bench.log,
    Array.from({ length: 100 }, (_, index) => `${index}`),
  );
  const pulls = await Promise.all(Array.from({ length: 10 }, () => bench.pull(10)));
  assert.equal(new Set(pulls.flatMap((pulled) => [...pulled.keys()])).size, 100);
});

test('who falls behind retention is moved on and told how many events that cost', async () => {
  await using bench = await benchWithBilling();
  const { log } = bench;
  await appendAll(log, ['a', 'b', 'c']);
  const pulled = await bench.pull(2);
  await bench.subscriptions.acknowledge(BILLING, [pulled.get('a') ?? '']);
  await appendAll(log, ['d', 'e'], NOON + DAY_MS);
  await log.removeOldestSegment();
  const { signal } = new AbortController();
  const { events, missedEvents } = await bench.subscriptions.pull(BILLING, 10, 0, signal);
  assert.equal(missedEvents, 2, 'b, which was not acknowledged, and c, which was not delivered');
  assert.deepEqual(
    events.map(({ event }) => Buffer.from(event.payload).toString()),
    ['d', 'e'],
  );
  assert.equal((await bench.subscriptions.pull(BILLING, 10, 0, signal)).missedEvents, 0);
  assert.equal((await bench.subscriptions.get(BILLING)).missedEvents, 2);
  await bench.restart();
  assert.equal((await bench.subscriptions.get(BILLING)).missedEvents, 2);
});

test('an event that is lost to damage before it is delivered again is missed, not waited for', async () => {
  await using bench = await benchWithBilling();
  await appendAll(bench.log, ['a', 'b', 'c']);
  await bench.pull();
  const place = await bench.log.locate(2);
  await bench.logBench.fileSystem.flipBit(place?.file ?? '', (place?.offset ?? 0) + 30);
  bench.clock.advance(10_000);
  assert.deepEqual([...(await bench.pull()).keys()], ['a', 'c']);
  assert.equal((await bench.subscriptions.get(BILLING)).missedEvents, 1);
});

test('when the log has lost its end a subscription does not wait for sequences that will come to mean others', async () => {
  await using bench = await benchWithBilling();
  await appendAll(bench.log, ['a', 'b', 'c']);
  const pulled = await bench.pull();
  await bench.subscriptions.acknowledge(BILLING, [pulled.get('a') ?? '', pulled.get('c') ?? '']);
  const place = await bench.log.locate(2);
  await (await bench.logBench.fileSystem.open(place?.file ?? '', 'write')).truncate(place?.offset ?? 0);
  await bench.restart();
  await appendAll(bench.log, ['new b', 'new c']);
  bench.logBench.told.length = 0;
  assert.deepEqual([...(await bench.pull()).keys()], ['new b', 'new c']);
  assert.deepEqual(bench.logBench.told, ['SUBSCRIPTION_AHEAD']);
});

test('an acknowledgement that cannot be saved is an error, and one that follows saves it', async () => {
  await using bench = await benchWithBilling();
  await appendAll(bench.log, ['a']);
  const ackIds = [...(await bench.pull()).values()];
  const { executor } = bench.database;
  await sql`create trigger full before update on subscription begin select raise(abort, 'disk full'); end`.execute(
    executor,
  );
  await assert.rejects(bench.subscriptions.acknowledge(BILLING, ackIds), /disk full/);
  await sql`drop trigger full`.execute(executor);
  await bench.subscriptions.acknowledge(BILLING, ackIds);
  await bench.restart();
  assert.equal((await bench.pull()).size, 0);
});

test('acknowledgement ids of another subscription are refused, and then none is acknowledged', async () => {
  await using bench = await benchWithBilling();
  const other = { ...BILLING, subscription: 'other' };
  await bench.subscriptions.create(other, EVERYTHING, ADMIN);
  await appendAll(bench.log, ['a']);
  const mine = (await bench.pull()).get('a') ?? '';
  const foreign = (await bench.pull(100, other)).get('a') ?? '';
  for (const ackId of [foreign, '', 'nonsense']) {
    await assert.rejects(bench.subscriptions.acknowledge(BILLING, [mine, ackId]), {
      code: 'ACK_ID_UNKNOWN',
      message: /ackIds\[1\].*projects\/mkiot-test\/subscriptions\/billing/,
    });
  }
  bench.clock.advance(10_000);
  assert.deepEqual([...(await bench.pull()).keys()], ['a']);
});

test('a subscription that is deleted ends the pulls that wait, and one made anew begins anew', async () => {
  await using bench = await benchWithBilling();
  await appendAll(bench.log, ['a']);
  await bench.pull();
  const waiting = bench.subscriptions.pull(BILLING, 10, 5_000, new AbortController().signal);
  const refusal = assert.rejects(waiting, { code: 'SUBSCRIPTION_NOT_FOUND' });
  await bench.clock.advanceAsync(100);
  await bench.subscriptions.delete(BILLING, ADMIN);
  await refusal;
  await assert.rejects(bench.pull(), {
    code: 'SUBSCRIPTION_NOT_FOUND',
    message: /projects\/mkiot-test\/subscriptions\/billing/,
  });
  await assert.rejects(bench.subscriptions.acknowledge(BILLING, []), { code: 'SUBSCRIPTION_NOT_FOUND' });
  await assert.rejects(bench.subscriptions.delete(BILLING, ADMIN), { code: 'SUBSCRIPTION_NOT_FOUND' });
  await bench.subscriptions.create(BILLING, EVERYTHING, ADMIN);
  assert.equal((await bench.pull()).size, 0);
});

test('a subscription is refused under a name that is taken or unfit, and with a filter that can match nothing', async () => {
  await using bench = await benchWithBilling();
  const { subscriptions } = bench;
  await assert.rejects(subscriptions.create(BILLING, EVERYTHING, ADMIN), { code: 'SUBSCRIPTION_EXISTS' });
  for (const subscription of ['', 'ab', '1st', 'goog-tap', 'a/b', 'a'.repeat(256)]) {
    const name = { ...BILLING, subscription };
    await assert.rejects(subscriptions.create(name, EVERYTHING, ADMIN), {
      code: 'SUBSCRIPTION_ID_UNFIT',
      message: /subscription/,
    });
  }
  const tap = { ...BILLING, subscription: 'tap' };
  const refused = [
    [{ registry: 'a b' }, 'SUBSCRIPTION_ID_UNFIT', /registry/],
    [{ registry: 'north', device: '#' }, 'SUBSCRIPTION_ID_UNFIT', /device/],
    [{ device: 'pump-1' }, 'SUBSCRIPTION_DEVICE_WITHOUT_REGISTRY', /registry/],
  ] as const;
  for (const [fields, code, message] of refused) {
    await assert.rejects(subscriptions.create(tap, { ...EVERYTHING, ...fields }, ADMIN), { code, message });
  }
  await assert.rejects(subscriptions.get(tap), { code: 'SUBSCRIPTION_NOT_FOUND' });
});

test('the audit trail tells who made and deleted a subscription', async () => {
  await using bench = await benchWithBilling();
  await bench.subscriptions.delete(BILLING, 'local:root');
  const entries = await bench.auditTrail.list(10);
  const resource = 'projects/mkiot-test/subscriptions/billing';
  assert.partialDeepStrictEqual(entries, [
    {
      principal: 'local:root',
      action: 'deleteSubscription',
      resource,
      before: { ackDeadlineSeconds: 10, hold: false },
    },
    { principal: ADMIN, action: 'createSubscription', resource, after: { ackDeadlineSeconds: 10, hold: false } },
  ]);
});

test('subscriptions are listed page by page', async () => {
  await using bench = await EventsBench.open();
  for (const id of ['ccc', 'aaa', 'bbb'])
    await bench.subscriptions.create({ ...BILLING, subscription: id }, EVERYTHING, ADMIN);
  const first = await bench.subscriptions.list(BILLING.project, { pageSize: 2, pageToken: '' });
  assert.deepEqual(
    first.items.map(({ id }) => id),
    ['aaa', 'bbb'],
  );
  const second = await bench.subscriptions.list(BILLING.project, { pageSize: 2, pageToken: first.nextPageToken });
  assert.deepEqual([second.items.map(({ id }) => id), second.nextPageToken], [['ccc'], '']);
  assert.deepEqual((await bench.subscriptions.list('other-project', { pageSize: 0, pageToken: '' })).items, []);
});

test('a consumer costs a device nothing: events go on to disk while a pull reads', async () => {
  await using bench = await benchWithBilling();
  await appendAll(bench.log, ['a']);
  // A disk that does not answer readers.
  const stuck = Promise.withResolvers<number>();
  const open = bench.logBench.fileSystem.open.bind(bench.logBench.fileSystem);
  bench.logBench.fileSystem.open = async (path, access) => {
    const file = await open(path, access);
    return access === 'read' ? Object.assign(file, { read: () => stuck.promise }) : file;
  };
  const pulling = bench.pull();
  const appender = new Appender();
  appender.append(bench.log, 'b');
  await appender.allTold();
  assert.deepEqual(appender.committedTags, [1]);
  stuck.resolve(0);
  await pulling;
});
