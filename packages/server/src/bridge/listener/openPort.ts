import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { listenProblem } from '../../runtime/listenProblem.ts';
import { bridgeError } from '../bridgeErrors.ts';
import type { ListenerOptions } from './deviceListener.ts';

/** Lets `server` listen. @returns the port @throws `MQTT_LISTEN_FAILED` */
export async function openPort<Socket>(
  server: Server,
  { host, port, reusePort = false, settings = 'mqtt', log }: ListenerOptions<Socket>,
): Promise<number> {
  server.listen({ port, reusePort, ...(host === undefined ? {} : { host }) });
  try {
    await once(server, 'listening');
  } catch (error) {
    const problem = await listenProblem(error, port);
    throw bridgeError('MQTT_LISTEN_FAILED', { host: host ?? '*', port, settings, ...problem }, error);
  }
  server.on('error', (error) => log.error({ err: error }, 'accepting a connection failed'));
  return (server.address() as AddressInfo).port;
}
