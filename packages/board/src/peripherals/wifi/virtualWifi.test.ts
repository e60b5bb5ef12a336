import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenStream } from '../../device/connection/byteStream.ts';
import { seededRandom } from '../../faults/seededRandom.ts';
import { passTime } from '../passTime.testing.ts';
import { VirtualWifi } from './virtualWifi.ts';
import { type WifiFault, wifiFaults } from './wifiFaults.ts';

const NEVER = new AbortController().signal;

/** A server that sends one chunk and then is silent until the connection is closed. */
const openStream: OpenStream = () => {
  const closed = Promise.withResolvers<void>();
  return Promise.resolve({
    chunks: (async function* () {
      yield Uint8Array.of(1);
      await closed.promise;
    })(),
    write: () => Promise.resolve(),
    close: () => closed.resolve(),
  });
};

async function listen(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) assert.deepEqual(chunk, Uint8Array.of(1));
}

function radio(faults: Iterable<WifiFault>): { clock: VirtualClock; wifi: VirtualWifi; currents: number[] } {
  const clock = new VirtualClock();
  const currents: number[] = [];
  const load = { set: (current: number) => void currents.push(current) };
  return { clock, wifi: new VirtualWifi({ clock, random: seededRandom(1), load, faults }), currents };
}

test('the first connection waits for association and address, the next one for nothing', async () => {
  const { clock, wifi, currents } = radio([]);
  const open = wifi.over(openStream);
  await passTime(clock, open(NEVER));
  assert.equal(clock.monotonic(), 500);
  await passTime(clock, open(NEVER));
  assert.equal(clock.monotonic(), 500);
  assert.deepEqual(currents, [100, 60]);
  assert.ok(wifi.rssi <= -57 && wifi.rssi >= -67);
});

test('when the access point goes, connections break, and there is none until it is back', async () => {
  const { clock, wifi } = radio([{ kind: 'noAccessPoint', fromMs: 1_000, untilMs: 10_000 }]);
  const open = wifi.over(openStream);
  const { chunks } = await passTime(clock, open(NEVER));
  await assert.rejects(passTime(clock, listen(chunks)), { code: 'WIFI_LOST' });
  assert.deepEqual([clock.monotonic(), wifi.rssi], [1_000, Number.NaN]);
  await assert.rejects(passTime(clock, open(NEVER)), { code: 'WIFI_NO_ACCESS_POINT' });
  clock.advance(9_000);
  await passTime(clock, open(NEVER));
});

test('a link that has outlived the one who asked for it is lost at the next fault all the same', async () => {
  const { clock, wifi } = radio([{ kind: 'noAccessPoint', fromMs: 1_000, untilMs: 10_000 }]);
  const open = wifi.over(openStream);
  const firstBoot = new AbortController();
  (await passTime(clock, open(firstBoot.signal))).close();
  firstBoot.abort();
  const { chunks } = await passTime(clock, open(NEVER));
  await assert.rejects(passTime(clock, listen(chunks)), { code: 'WIFI_LOST' });
  assert.equal(clock.monotonic(), 1_000);
});

test('a connection that is closed is not closed again when the link is lost', async () => {
  const { clock, wifi } = radio([{ kind: 'noAccessPoint', fromMs: 1_000, untilMs: 10_000 }]);
  let closes = 0;
  const counted: OpenStream = async (signal) => ({ ...(await openStream(signal)), close: () => void (closes += 1) });
  const stream = await passTime(clock, wifi.over(counted)(NEVER));
  stream.close();
  clock.advance(2_000);
  assert.equal(closes, 1);
});

test('an access point without DHCP server gives no connection', async () => {
  const { clock, wifi } = radio([{ kind: 'noAddress', fromMs: 0, untilMs: 5_000 }]);
  await assert.rejects(passTime(clock, wifi.over(openStream)(NEVER)), { code: 'WIFI_NO_ADDRESS' });
  assert.ok(Number.isFinite(wifi.rssi));
});

test('faults are the same for the same seed, in order, and take their share of the time', () => {
  const faultsOf = (seed: number): readonly WifiFault[] => [
    ...wifiFaults(seededRandom(seed), { meanUpMs: 60_000, meanDownMs: 10_000 }).take(2_000),
  ];
  const faults = faultsOf(1);
  assert.deepEqual(faultsOf(1), faults);
  assert.notDeepEqual(faultsOf(5), faults);
  assert.ok(
    faults.every(({ fromMs, untilMs }, index) => fromMs >= (faults[index - 1]?.untilMs ?? 0) && untilMs >= fromMs),
  );
  const downMs = faults.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
  const share = downMs / (faults.at(-1)?.untilMs ?? 1);
  assert.ok(Math.abs(share - 1 / 7) < 0.02, `${share}`);
});
