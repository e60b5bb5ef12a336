import { WebSerial, type WebSerialDevice } from '@mkiot/esp32/serial/webSerial';
import { stationPageError } from './stationPageErrors.ts';

/** WICG, "Web Serial API", §2: what of `navigator.serial` is used here. */
interface Serial {
  requestPort(): Promise<WebSerialDevice>;
  getPorts(): Promise<readonly WebSerialDevice[]>;
}

function serial(): Serial | undefined {
  return (navigator as { readonly serial?: Serial }).serial;
}

/** Firefox and Safari have no serial ports; nor has a page that came over a network without TLS. */
export function hasSerialPorts(): boolean {
  return serial() !== undefined;
}

/** Lets the user choose; undefined where no port was chosen. Only after a click. */
export async function choosePort(): Promise<WebSerialDevice | undefined> {
  try {
    return await serial()?.requestPort();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

/** The one that was allowed before, where there is just one. */
export async function onlyPort(): Promise<WebSerialDevice | undefined> {
  const ports = (await serial()?.getPorts()) ?? [];
  return ports.length === 1 ? ports[0] : undefined;
}

/** @throws `STATION_PORT_TAKEN` */
export async function openPort(device: WebSerialDevice): Promise<WebSerial> {
  try {
    return await WebSerial.open(device);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw stationPageError('STATION_PORT_TAKEN', { reason }, error);
  }
}
