import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AutoReset } from './autoReset.ts';
import { SerialLine } from './serialLine.ts';

/** A line and when how many bytes have come to the host, in milliseconds. */
function lineAndArrivals(isThrottled: boolean) {
  const clock = new VirtualClock();
  const line = new SerialLine({ clock, isThrottled });
  const arrivals: (readonly [ms: number, bytes: number])[] = [];
  const heard: number[] = [];
  line.host.onBytes = (bytes) => {
    arrivals.push([clock.monotonic(), bytes.length]);
    heard.push(...bytes);
  };
  return { clock, line, arrivals, heard };
}

test('a throttled line takes ten bits a byte, in order, a FIFO at a time', () => {
  const { clock, line, arrivals, heard } = lineAndArrivals(true);
  line.chip.baud = 115_200;
  line.chip.write(Uint8Array.from({ length: 200 }, (_, index) => index));
  line.chip.write(Uint8Array.of(200));
  clock.advance(1_000);
  assert.deepEqual(arrivals, [
    [12, 128],
    [18, 72],
    [18, 1],
  ]);
  assert.deepEqual(
    heard,
    Array.from({ length: 201 }, (_, index) => index),
  );
});

test('a line that is not throttled takes no time', () => {
  const { line, arrivals } = lineAndArrivals(false);
  line.chip.write(new Uint8Array(10_000));
  assert.deepEqual(arrivals, [[0, 10_000]]);
});

test('ends with speeds that differ by more than a UART bears hear something else', () => {
  const { line, heard } = lineAndArrivals(false);
  line.chip.baud = 115_200;
  for (const [baud, isUnderstood] of [
    [undefined, true],
    [115_200, true],
    [117_000, true],
    [74_880, false],
    [921_600, false],
  ] as const) {
    heard.length = 0;
    line.host.baud = baud;
    line.chip.write(Uint8Array.of(0x41, 0x42));
    assert.equal(heard.join() === '65,66', isUnderstood, String(baud));
  }
});

test('what is on its way when the power goes is lost', () => {
  const { clock, line, heard } = lineAndArrivals(true);
  line.chip.write(new Uint8Array(100));
  clock.advance(5);
  line.drop();
  clock.advance(1_000);
  assert.deepEqual(heard, []);
});

/** Steps of the sequences in esptool's documentation ("Boot Mode Selection"): lines, or how long to wait. */
type Step = Partial<{ dtr: boolean; rts: boolean }> | number;

const SEQUENCES: readonly (readonly [name: string, steps: readonly Step[], expected: readonly string[]])[] = [
  [
    'classic',
    [{ dtr: false }, { rts: true }, 100, { dtr: true }, { rts: false }, 50, { dtr: false }],
    ['hold', 'download'],
  ],
  [
    'tight',
    [
      { dtr: false, rts: false },
      { dtr: true, rts: true },
      { dtr: false, rts: true },
      100,
      { dtr: true, rts: false },
      50,
      { dtr: false },
    ],
    ['hold', 'download'],
  ],
  ['hard reset', [{ rts: true }, 100, { rts: false }], ['hold', 'flash']],
  [
    'classic, over a slow network',
    [{ dtr: false }, 100, { rts: true }, 200, { dtr: true }, 100, { rts: false }, 150, { dtr: false }, 100],
    ['hold', 'download'],
  ],
  ['opening a port, which sets both', [{ dtr: true }, { rts: true }, 1_000], []],
  ['a monitor, which sets none', [{ dtr: false }, { rts: false }, 1_000], []],
];

for (const [name, steps, expected] of SEQUENCES) {
  test(`control lines: ${name}`, () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const autoReset = new AutoReset(
      clock,
      () => seen.push('hold'),
      (isBootPressed) => seen.push(isBootPressed ? 'download' : 'flash'),
    );
    for (const step of steps) {
      if (typeof step === 'number') clock.advance(step);
      else autoReset.set(step);
    }
    clock.advance(1_000);
    assert.deepEqual(seen, expected);
  });
}
