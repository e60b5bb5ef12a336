import { toHex } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Power } from '../power.ts';
import { erasedFlash, FlashMemory } from './flashMemory.ts';
import { W25Q_JV } from './flashModel.ts';
import { SpiFlash } from './spiFlash.ts';

function newFlash() {
  const clock = new VirtualClock();
  const cells = erasedFlash(0x200000);
  const memory = new FlashMemory({ cells, timing: W25Q_JV.timing, clock, power: new Power() });
  const flash = new SpiFlash(memory, W25Q_JV);
  const send = (command: number, inputBytes = 0, address = 0, output = new Uint8Array()): string =>
    toHex(flash.transfer({ command, address, output, inputBytes }));
  return { clock, memory, send };
}

test('a flash says who made it and how large it is, and what it can do', () => {
  const { send } = newFlash();
  assert.equal(send(0x9f, 3), 'ef4015');
  assert.equal(send(0x5a, 4), '53464450');
  // The second word of the basic table: how many bits, less one.
  assert.equal(send(0x5a, 4, 0x84), 'ffffff00');
  assert.equal(send(0xab, 3), 'ffffff');
});

test('programming and erasing need to be enabled, take their time, and the flash says that it is busy', async () => {
  const { clock, memory, send } = newFlash();
  send(0x02, 0, 0x10, Uint8Array.of(0x12, 0x34));
  await clock.advanceAsync(10);
  assert.equal(toHex(memory.read(0x10, 2)), 'ffff');
  send(0x06);
  assert.equal(send(0x05, 1), '02');
  send(0x02, 0, 0x10, Uint8Array.of(0x12, 0x34));
  assert.equal(send(0x05, 1), '01');
  assert.equal(send(0x03, 2, 0x10), 'ffff', 'a busy flash is not read');
  await clock.advanceAsync(10);
  assert.equal(send(0x05, 1), '00');
  assert.equal(send(0x03, 2, 0x10), '1234');
  send(0x06);
  send(0x20, 0, 0x10);
  await clock.advanceAsync(44);
  assert.equal(send(0x05, 1), '01');
  await clock.advanceAsync(1);
  assert.equal(send(0x03, 2, 0x10), 'ffff');
});

test('a page that is programmed over its end goes on at its beginning, and addresses wrap at the end of flash', async () => {
  const { clock, memory, send } = newFlash();
  send(0x06);
  send(0x02, 0, 0x2000fe, Uint8Array.of(1, 2, 3));
  await clock.advanceAsync(10);
  assert.deepEqual([memory.read(0xfe, 2), memory.read(0, 1)], [Uint8Array.of(1, 2), Uint8Array.of(3)]);
  send(0x06);
  send(0x04);
  send(0xc7);
  assert.equal(send(0x05, 1), '00');
  send(0x06);
  send(0xd8, 0, 0xfe);
  await clock.advanceAsync(150);
  assert.equal(send(0x03, 1, 0xfe), 'ff');
});
