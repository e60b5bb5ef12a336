import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passTime } from '../passTime.testing.ts';
import { I2cBus } from './i2cBus.ts';

const NOBODY = { code: 'I2C_NO_ACKNOWLEDGE' };

function busWithMemory(): { readonly clock: VirtualClock; readonly bus: I2cBus; readonly detach: () => void } {
  const clock = new VirtualClock();
  const bus = new I2cBus(clock, 400_000);
  let kept = new Uint8Array();
  const detach = bus.attach({
    address: 0x50,
    write(bytes) {
      kept = bytes.slice();
      return bytes.at(-1) !== 0xff;
    },
    read: (count) => kept.slice(0, count),
  });
  return { clock, bus, detach };
}

test('a target reads back what was written, and what it does not acknowledge is an error', async () => {
  const { bus } = busWithMemory();
  assert.deepEqual(await bus.transfer(0x50, Uint8Array.of(1, 2, 3), 2), Uint8Array.of(1, 2));
  await assert.rejects(bus.transfer(0x50, Uint8Array.of(0xff)), NOBODY);
  await assert.rejects(bus.transfer(0x51, Uint8Array.of(1)), NOBODY);
});

test('many short transfers take as long as they would together', async () => {
  const { clock, bus } = busWithMemory();
  const started = clock.monotonic();
  const all = async (): Promise<void> => {
    for (let count = 0; count < 100; count++) await bus.transfer(0x50, Uint8Array.of(1), 1);
  };
  await passTime(clock, all());
  // Four bytes of nine bits and three more, 100 times, at 400 bits a millisecond: 9.75 ms.
  assert.ok(Math.abs(clock.monotonic() - started - 9.75) <= 1, `${clock.monotonic() - started}`);
});

test('a stuck bus and a target without power are told apart', async () => {
  const { bus, detach } = busWithMemory();
  bus.hold(true);
  await assert.rejects(bus.transfer(0x50, Uint8Array.of(1)), { code: 'I2C_BUS_STUCK' });
  bus.hold(false);
  detach();
  await assert.rejects(bus.transfer(0x50, Uint8Array.of(1)), NOBODY);
});
