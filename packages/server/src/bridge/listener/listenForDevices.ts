import { javascriptRuntime } from '../../runtime/javascriptRuntime.ts';
import { BunListener } from './bunListener.ts';
import type { DeviceListener, ListenerOptions } from './deviceListener.ts';
import { TlsListener } from './tlsListener.ts';

/** Listens in the way that costs least on the runtime of this process. @throws `MQTT_LISTEN_FAILED`, `BUN_LISTENER_UNKNOWN` */
export function listenForDevices(options: ListenerOptions): Promise<DeviceListener> {
  return javascriptRuntime.name === 'Bun' ? BunListener.listen(options) : TlsListener.listen(options);
}
