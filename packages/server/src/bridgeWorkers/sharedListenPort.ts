import { once } from 'node:events';
import { type AddressInfo, createServer, type ListenOptions } from 'node:net';
import { bridgeError } from '../bridge/bridgeErrors.ts';
import { listenProblem } from '../runtime/listenProblem.ts';
import { bridgeWorkerError } from './bridgeWorkerErrors.ts';

/**
 * Looks whether several workers can listen on a port that nobody else has. A listener that shares its port would also share it
 * with another program of this user that does so, another MkIoT for example, and neither would be told.
 *
 * @param port 0: any free one
 * @param listenOnce listens and closes; resolves with the port
 * @returns the port
 * @throws `MQTT_LISTEN_FAILED`, `WORKERS_UNSUPPORTED`
 */
export async function sharedListenPort(
  { host, port, workers }: { readonly host: string | undefined; readonly port: number; readonly workers: number },
  listenOnce: (options: ListenOptions) => Promise<number> = listenAndClose,
): Promise<number> {
  const where = host === undefined ? {} : { host };
  const found = await listenOnce({ ...where, port }).catch(async (error: unknown) => {
    const problem = await listenProblem(error, port);
    throw bridgeError('MQTT_LISTEN_FAILED', { host: host ?? '*', port, settings: 'mqtt', ...problem }, error);
  });
  await listenOnce({ ...where, port: found, reusePort: true }).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw bridgeWorkerError('WORKERS_UNSUPPORTED', { workers, reason: code ?? message }, error);
  });
  return found;
}

/** @returns the port */
async function listenAndClose(options: ListenOptions): Promise<number> {
  const server = createServer();
  server.listen(options);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
