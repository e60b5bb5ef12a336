import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BoundProcess } from '../boundProcess.ts';
import type { MeasuredServer, ServerOptions } from './measuredServer.ts';
import { startedServer } from './measuredServer.ts';
import { installMosquitto } from './mosquitto.ts';
import { passwordLogin } from './passwordLogin.ts';
import type { SubscriberJob } from './sqliteSubscriber.ts';

const program = fileURLToPath(new URL('sqliteSubscriber.ts', import.meta.url));

/**
 * What people build who want to keep their messages: mosquitto, and beside it a program on mqtt.js that writes everything
 * to SQLite, in batches. Their CPU time counts together.
 */
export async function installMosquittoWithSubscriber(options: ServerOptions): Promise<MeasuredServer> {
  const name = 'mosquitto + mqtt.js + SQLite';
  const { core, folder, signal } = options;
  const reader = passwordLogin('subscriber');
  const mosquitto = await installMosquitto(options, reader);
  let starts = 0;
  return {
    name,
    version: mosquitto.version,
    acknowledged: 'in the memory of mosquitto; the subscriber commits it later',
    async start() {
      await using parts = new AsyncDisposableStack();
      const broker = parts.use(await mosquitto.start());
      const { port, authority, pids } = broker.target;
      const database = join(folder, `events-${starts++}.sqlite`);
      const job: SubscriberJob = { port, authority, login: reader, database };
      const subscriber = parts.use(new BoundProcess(core, [process.execPath, program], signal, JSON.stringify(job)));
      await startedServer(name, subscriber, (output) => (output.includes('subscribed') ? true : undefined));
      const running = parts.move();
      return {
        target: { ...broker.target, name, pids: [...pids, subscriber.pid], onDisk: { database } },
        [Symbol.asyncDispose]: () => running.disposeAsync(),
      };
    },
  };
}
