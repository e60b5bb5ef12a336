import type { SerialPort } from '@mkiot/esp32/serial/serialPort';
import { usageError } from '../../../usageErrors.ts';
import { NetworkPort, type NetworkPlace } from './networkPort.ts';
import { loadSerialBindings } from './serialBindings.ts';
import { UsbPort } from './usbPort.ts';

/** Where a serial port is: on a network, or at this computer by its path or name. */
export type PortPlace = NetworkPlace | string;

/** A port that is ours until it is disposed of. */
export type OpenPort = SerialPort & AsyncDisposable;

const NETWORK = /^(tcp|rfc2217):(?:([\w.-]+):)?(\d{1,5})$/;
/** As systems call their ports: `/dev/ttyUSB0`, `COM3`, `\\.\COM12`. */
const OWN = /^(?:\/.+|(?:\\\\\.\\)?COM\d{1,3})$/i;

/** What is typed after `--port`. @throws `ARGUMENT_WRONG` */
export function portPlace(value: string): PortPlace {
  const [, protocol, host = '127.0.0.1', port] = NETWORK.exec(value) ?? [];
  if (protocol !== undefined && Number(port) <= 0xffff) {
    return { protocol: protocol as NetworkPlace['protocol'], host, tcpPort: Number(port) };
  }
  if (OWN.test(value)) return value;
  const allowed = 'a port such as /dev/ttyUSB0 or COM3, or rfc2217:HOST:PORT or tcp:HOST:PORT';
  throw usageError('ARGUMENT_WRONG', { argument: '--port', value, allowed });
}

/** @throws as `UsbPort.open`, `NetworkPort.open` and `loadSerialBindings` */
export async function openPort(place: PortPlace): Promise<OpenPort> {
  if (typeof place !== 'string') return NetworkPort.open(place);
  return UsbPort.open(place, await loadSerialBindings());
}
