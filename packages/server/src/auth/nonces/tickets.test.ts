import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { pino } from 'pino';
import { deviceName, registryBench } from '../../registry/registry.testing.ts';
import { ticketMigrations } from './migrations.ts';
import { type Ticket, Tickets } from './tickets.ts';

const KEY = new Uint8Array(32).fill(7);
const silent = pino({ level: 'silent' });

async function ticketBench() {
  const bench = await registryBench({ migrations: ticketMigrations });
  const add = async (id: string) => (await bench.devices.create(deviceName(id), {}, 'local:test')).numId;
  const start = (key = KEY) => new Tickets(bench.database, key, silent);
  return {
    ...bench,
    tickets: start(),
    start,
    add,
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

async function isGood(tickets: Tickets, numId: number, { bytes }: Ticket): Promise<boolean> {
  return !((await tickets.find(numId, bytes)) instanceof MkiotError);
}

test('a device is given the same ticket until it has acknowledged it, and then another one', async () => {
  await using bench = await ticketBench();
  const pump = await bench.add('pump-1');
  const first = await bench.tickets.next(pump);
  assert.deepEqual(await bench.tickets.next(pump), first);
  await bench.tickets.acknowledge(pump, first);
  const second = await bench.tickets.next(pump);
  assert.notDeepEqual(second.bytes, first.bytes);
  assert.deepEqual(await bench.start().next(pump), second, 'also after another start');
});

test('a ticket dies when its successor is acknowledged, and not before', async () => {
  await using bench = await ticketBench();
  const pump = await bench.add('pump-1');
  const { tickets } = bench;
  const first = await tickets.next(pump);
  await tickets.acknowledge(pump, first);
  const second = await tickets.next(pump);
  for (const start of [tickets, bench.start()]) {
    assert.deepEqual([await isGood(start, pump, first), await isGood(start, pump, second)], [true, true]);
  }
  await tickets.acknowledge(pump, second);
  assert.deepEqual([await isGood(tickets, pump, first), await isGood(tickets, pump, second)], [false, true]);
});

test('a ticket is worthless to another device, at another installation, and after its device was deleted', async () => {
  await using bench = await ticketBench();
  const [pump, valve] = [await bench.add('pump-1'), await bench.add('valve-1')];
  const ticket = await bench.tickets.next(pump);
  await bench.tickets.acknowledge(pump, ticket);
  assert.equal(await isGood(bench.tickets, valve, ticket), false);
  assert.equal(await isGood(bench.start(new Uint8Array(32)), pump, ticket), false);
  await bench.devices.delete(deviceName('pump-1'), 'local:test');
  const again = await bench.add('pump-1');
  assert.equal(await isGood(bench.tickets, again, ticket), false, 'a numeric id is never given out twice');
});

test('a late acknowledgement does not bring a dead ticket back, and that of a deleted device is nothing', async () => {
  await using bench = await ticketBench();
  const pump = await bench.add('pump-1');
  const { tickets } = bench;
  const first = await tickets.next(pump);
  await tickets.acknowledge(pump, first);
  const second = await tickets.next(pump);
  await Promise.all([tickets.acknowledge(pump, second), tickets.acknowledge(pump, first)]);
  assert.equal(await isGood(tickets, pump, first), false);
  await bench.devices.delete(deviceName('pump-1'), 'local:test');
  await tickets.acknowledge(pump, second);
});

test('whatever is lost on the way, the newest ticket that a device has is good', async () => {
  await using bench = await ticketBench();
  let devices = 0;
  const step = fc.constantFrom('lost', 'kept but not acknowledged', 'acknowledged', 'used', 'restart');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const numId = await bench.add(`device-${++devices}`);
      let tickets = bench.start();
      let had: Ticket | undefined;
      for (const happened of steps) {
        const given = await tickets.next(numId);
        if (happened === 'restart') tickets = bench.start();
        else if (happened === 'used' && had !== undefined) await tickets.acknowledge(numId, had);
        else if (happened !== 'lost') had = given;
        if (happened === 'acknowledged') await tickets.acknowledge(numId, given);
        if (had !== undefined) assert.equal(await isGood(tickets, numId, had), true, happened);
      }
    }),
    { numRuns: 50 },
  );
});
