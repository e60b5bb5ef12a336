import { setTimeout as pause } from 'node:timers/promises';

/**
 * Reads until `isRight`, for what becomes true on the far side of a network without telling us. It gives up with the
 * test's own time-out and never decides by time that something did not happen.
 */
export async function until<Value>(read: () => Promise<Value>, isRight: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    await pause(10);
  }
}
