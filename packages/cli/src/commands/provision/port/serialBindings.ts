import { type JavascriptRuntime, javascriptRuntime } from '@mkiot/server/runtime/javascriptRuntime';
import type { AutoDetectTypes } from '@serialport/bindings-cpp';
import { portError } from './portErrors.ts';

/** What the system has for its serial ports. */
export type SerialBindings = Pick<AutoDetectTypes, 'open' | 'list'>;

const importBindings = (): Promise<{ autoDetect: () => SerialBindings }> => import('@serialport/bindings-cpp');

/**
 * Loads the binary that speaks with serial ports. It is loaded when it is needed and not before, because there is none for some
 * systems, and all else works without.
 *
 * @throws `SERIAL_PORTS_MISSING`
 */
export async function loadSerialBindings(
  load: typeof importBindings = importBindings,
  { name: runtime }: Pick<JavascriptRuntime, 'name'> = javascriptRuntime,
): Promise<SerialBindings> {
  // It lacks a function of libuv that they call, and ends the process where they do (oven-sh/bun issue 18546).
  if (runtime === 'Bun') throw portError('SERIAL_PORTS_MISSING', { detail: 'Bun has none, but Node has' });
  try {
    return (await load()).autoDetect();
  } catch (error) {
    // Node says in the lines after it from where it was asked for.
    const [detail] = (error as Error).message.split('\n');
    throw portError('SERIAL_PORTS_MISSING', { detail }, error);
  }
}
