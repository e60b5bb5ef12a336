import { type Clock, delay } from '@mkiot/core/clock/clock';
import { demoError } from './demoErrors.ts';

const PATIENCE_MS = 20_000;
const PAUSE_MS = 20;

/** Reads until the value is right: for what the API tells only who asks. @throws `DEMO_NOT_SEEN`, naming `what` */
export async function until<Value>(
  clock: Clock,
  what: string,
  read: () => Promise<Value>,
  isRight: (value: Value) => boolean,
): Promise<Value> {
  const endMs = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (clock.monotonic() > endMs) throw demoError('DEMO_NOT_SEEN', { what, seconds: PATIENCE_MS / 1_000 });
    await delay(clock, PAUSE_MS);
  }
}
