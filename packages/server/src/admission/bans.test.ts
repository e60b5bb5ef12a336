import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bans } from './bans.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STRANGER = '192.0.2.66';

function bansBench() {
  const clock = new VirtualClock(Date.UTC(2026, 10, 22));
  const log: object[] = [];
  const bans = new Bans({ clock, logger: { warn: (entry: object) => void log.push(entry) } });
  /** So much garbage that a stranger is banned for it. */
  const offend = (address = STRANGER): void => {
    for (let fault = 0; fault < 11; fault++) bans.garbage(address);
  };
  return { bans, clock, log, offend };
}

test('ten pieces of garbage in a minute are let pass, the next one brings a ban of ten seconds', () => {
  const { bans, clock, log } = bansBench();
  for (let fault = 0; fault < 10; fault++) bans.garbage(STRANGER);
  assert.equal(bans.admits(STRANGER), true);
  bans.garbage(STRANGER);
  assert.equal(bans.admits(STRANGER), false);
  assert.equal(bans.admits('192.0.2.67'), true);
  assert.deepEqual(bans.list(), [
    {
      network: STRANGER,
      cause: 'PROTOCOL_GARBAGE',
      sinceMs: clock.now(),
      untilMs: clock.now() + 10_000,
      refused: 1,
    },
  ]);
  assert.deepEqual(log, [{ address: STRANGER, cause: 'PROTOCOL_GARBAGE', seconds: 10 }]);
  clock.advance(9_999);
  assert.equal(bans.admits(STRANGER), false);
  clock.advance(1);
  assert.equal(bans.admits(STRANGER), true);
  assert.deepEqual(bans.list(), []);
  assert.deepEqual(bans.counts, { bans: 1, refused: 2 });
});

test('who has to decide alike is told of each ban and of its end before its time, until it wants no more', () => {
  const { bans, clock, offend } = bansBench();
  const told: object[] = [];
  const stop = bans.onChange((change) => told.push(change));
  offend();
  clock.advance(4_000);
  assert.deepEqual(bans.shutOut(), [{ network: STRANGER, forMs: 6_000 }]);
  bans.lift(STRANGER);
  assert.deepEqual(bans.shutOut(), []);
  offend();
  bans.seen(STRANGER);
  offend('192.0.2.67');
  clock.advance(10_000);
  bans.lift('192.0.2.67');
  stop();
  offend('192.0.2.68');
  assert.deepEqual(told, [
    { network: STRANGER, forMs: 10_000 },
    { network: STRANGER, forMs: 0 },
    { network: STRANGER, forMs: 10_000 },
    { network: STRANGER, forMs: 0 },
    { network: '192.0.2.67', forMs: 10_000 },
  ]);
});

test('a hundred connections in a minute may come to nothing, and one a second may for ever', () => {
  const { bans, clock } = bansBench();
  for (let fault = 0; fault < 100; fault++) bans.abandoned(STRANGER);
  assert.equal(bans.admits(STRANGER), true);
  bans.abandoned(STRANGER);
  assert.equal(bans.find(STRANGER)?.cause, 'HANDSHAKE_FLOOD');
  const probe = '192.0.2.80';
  for (let second = 0; second < 1_000; second++) {
    bans.abandoned(probe);
    clock.advance(1_000);
    assert.equal(bans.admits(probe), true);
  }
});

test('each further ban is twice as long, five minutes at most, and an hour of quiet begins anew', () => {
  const { bans, clock, offend } = bansBench();
  const durations = () =>
    Array.from({ length: 7 }, () => {
      offend();
      const { sinceMs, untilMs } = bans.find(STRANGER)!;
      clock.advance(untilMs - sinceMs);
      return (untilMs - sinceMs) / 1_000;
    });
  assert.deepEqual(durations(), [10, 20, 40, 80, 160, 300, 300]);
  clock.advance(HOUR_MS + 1);
  assert.equal(durations()[0], 10);
});

test('faults during a ban do not make it longer', () => {
  const { bans, offend } = bansBench();
  offend();
  const before = bans.find(STRANGER);
  offend();
  assert.deepEqual(bans.find(STRANGER), before);
});

test('where a session is open no ban comes, nor for a day after it', () => {
  const { bans, clock, offend } = bansBench();
  bans.entered(STRANGER);
  bans.entered(STRANGER);
  bans.left(STRANGER);
  offend();
  assert.equal(bans.admits(STRANGER), true);
  clock.advance(48 * HOUR_MS);
  offend();
  assert.equal(bans.admits(STRANGER), true, 'the other session is still open');
  bans.left(STRANGER);
  clock.advance(24 * HOUR_MS - 1);
  offend();
  assert.equal(bans.admits(STRANGER), true);
  clock.advance(1);
  offend();
  assert.equal(bans.admits(STRANGER), false);
});

test('a device that shows who it is ends the ban of its address, by MQTT and by HTTP', () => {
  const { bans, offend } = bansBench();
  for (const show of [() => bans.entered(STRANGER), () => bans.seen('192.0.2.67')]) {
    offend();
    offend('192.0.2.67');
    show();
  }
  assert.deepEqual([bans.admits(STRANGER), bans.admits('192.0.2.67')], [true, true]);
  offend('192.0.2.67');
  assert.equal(bans.admits('192.0.2.67'), true);
});

for (const own of ['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1']) {
  test(`this machine is never banned as ${own}`, () => {
    const { bans, offend } = bansBench();
    for (let round = 0; round < 10; round++) offend(own);
    assert.equal(bans.admits(own), true);
    assert.deepEqual(bans.list(), []);
  });
}

test('who has a whole IPv6 network gains nothing from its many addresses', () => {
  const { bans } = bansBench();
  for (let host = 1; host <= 11; host++) bans.garbage(`2001:db8::${host}`);
  assert.equal(bans.admits('2001:db8::ffff'), false);
  assert.equal(bans.admits('2001:db8:0:1::1'), true);
});

test('a lifted ban is gone, and what brought it is forgotten', () => {
  const { bans, offend } = bansBench();
  offend();
  bans.lift(STRANGER);
  assert.equal(bans.admits(STRANGER), true);
  offend();
  const { sinceMs, untilMs } = bans.find(STRANGER)!;
  assert.equal(untilMs - sinceMs, 10_000);
});

test('many addresses take the memory of ten thousand, and push no guest out', () => {
  const { bans, offend } = bansBench();
  bans.seen('198.51.100.1');
  for (let host = 0; host < 50_000; host++) bans.abandoned(`10.0.${host >> 8}.${host & 255}`);
  for (let host = 0; host < 12_000; host++) offend(`10.1.${host >> 8}.${host & 255}`);
  assert.ok(bans.list().length <= 10_000);
  offend('198.51.100.1');
  assert.equal(bans.admits('198.51.100.1'), true);
});

test('whatever happens, no ban lasts longer than five minutes and none touches an address with a session', () => {
  const addresses = ['192.0.2.1', '192.0.2.2', '2001:db8::1'];
  const event = fc.record({
    address: fc.constantFrom(...addresses),
    what: fc.constantFrom('garbage', 'abandoned', 'entered', 'left'),
    times: fc.integer({ min: 1, max: 120 }),
    afterMs: fc.nat(400_000),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const { bans, clock } = bansBench();
      const open = new Map(addresses.map((address) => [address, 0]));
      for (const { address, what, times, afterMs } of events) {
        clock.advance(afterMs);
        if (what === 'garbage') for (let fault = 0; fault < times; fault++) bans.garbage(address);
        if (what === 'abandoned') for (let fault = 0; fault < times; fault++) bans.abandoned(address);
        if (what === 'entered') bans.entered(address);
        if (what === 'left' && open.get(address)! > 0) bans.left(address);
        const change = what === 'entered' ? 1 : what === 'left' ? -1 : 0;
        open.set(address, Math.max(0, open.get(address)! + change));
        for (const { sinceMs, untilMs } of bans.list()) assert.ok(untilMs - sinceMs <= 5 * MINUTE_MS);
        for (const [each, sessions] of open) assert.ok(sessions === 0 || bans.admits(each));
      }
    }),
    { numRuns: 50 },
  );
});
