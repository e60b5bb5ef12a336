import type { VirtualClock } from '@mkiot/core/clock/virtualClock';

/** Longer chains of `await` than any driver has between two moments. */
const SETTLING_TURNS = 100;

/** Lets time pass, a millisecond at a time, until `work` is done; it may take `limitMs`. */
export async function passTime<Value>(clock: VirtualClock, work: Promise<Value>, limitMs = 60_000): Promise<Value> {
  const state = { isOver: false };
  const over = (): void => void (state.isOver = true);
  void work.then(over, over);
  for (let ms = 0; ms < limitMs && !state.isOver; ms += 1) {
    for (let turn = 0; turn < SETTLING_TURNS && !state.isOver; turn++) await Promise.resolve();
    if (!state.isOver) clock.advance(1);
  }
  if (!state.isOver) throw new Error(`it was not done within ${limitMs} ms`);
  return work;
}
