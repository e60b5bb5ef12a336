import { delay } from '@mkiot/core/clock/clock';
import { demoError } from './demoErrors.ts';
import type { DemoPorts } from './demoPorts.ts';

const PATIENCE_MS = 20_000;
const PAUSE_MS = 20;

/** Reads until the value is right: for what the API tells only who asks. @throws `DEMO_NOT_SEEN`, naming `what` */
export async function until<Value>(
  { clock, signal }: Pick<DemoPorts, 'clock' | 'signal'>,
  what: string,
  read: () => Promise<Value>,
  isRight: (value: Value) => boolean,
): Promise<Value> {
  const endMs = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    signal.throwIfAborted();
    if (clock.monotonic() > endMs) throw demoError('DEMO_NOT_SEEN', { what, seconds: PATIENCE_MS / 1_000 });
    await delay(clock, PAUSE_MS, signal);
  }
}
