import type { AutoDetectTypes } from '@serialport/bindings-cpp';
import { portError } from './portErrors.ts';

/** What the system has for its serial ports. */
export type SerialBindings = Pick<AutoDetectTypes, 'open' | 'list'>;

/**
 * Loads the binary that speaks with serial ports. It is loaded when it is needed and not before, because there is none for some
 * systems, and all else works without.
 *
 * @throws `SERIAL_PORTS_MISSING`
 */
export async function loadSerialBindings(
  load: () => Promise<{ autoDetect: () => SerialBindings }> = () => import('@serialport/bindings-cpp'),
): Promise<SerialBindings> {
  try {
    return (await load()).autoDetect();
  } catch (error) {
    // Node says in the lines after it from where it was asked for.
    const [detail] = (error as Error).message.split('\n');
    throw portError('SERIAL_PORTS_MISSING', { detail }, error);
  }
}
