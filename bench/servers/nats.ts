import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BoundProcess } from '../boundProcess.ts';
import { leaveSubscriber } from './absentSubscriber.ts';
import { freePort } from './freePort.ts';
import { type MeasuredServer, type ServerOptions, startedServer } from './measuredServer.ts';
import { deviceLogins, type PasswordLogin, passwordLogin } from './passwordLogin.ts';
import { writePrivate } from './privateFile.ts';
import { type ServerIdentity, writeServerIdentity } from './serverIdentity.ts';

export const NATS_PROGRAMS = { 'nats-server': 'nats-server' } as const;

const NAME = 'NATS';

/**
 * NATS with JetStream and a durable subscriber that is away, so that messages have to be kept. Each device has a password
 * (in clear text, in a private file: with bcrypt, the other choice, a login would cost it a hundred times as much) and may
 * publish to its own topics only.
 */
export async function installNats({ folder, core, devices, signal }: ServerOptions): Promise<MeasuredServer> {
  await mkdir(folder, { mode: 0o700 });
  const identity = await writeServerIdentity(folder);
  const logins = deviceLogins(devices);
  const reader = passwordLogin('subscriber');
  const users = [...logins.map(deviceUser), readerUser(reader)];
  let starts = 0;
  return {
    name: NAME,
    version: await natsVersion(),
    acknowledged: 'written to a file of JetStream, which is synced every two minutes',
    async start() {
      await using parts = new AsyncDisposableStack();
      const port = await freePort();
      const settings = natsSettings(port, await freePort(), join(folder, `data-${starts++}`), identity, users);
      const file = await writePrivate(folder, 'nats.json', JSON.stringify(settings));
      const process = parts.use(new BoundProcess(core, ['nats-server', '-c', file], signal));
      await startedServer(NAME, process, (_, log) => (log.includes('Server is ready') ? true : undefined));
      const { authority } = identity;
      await leaveSubscriber(NAME, port, authority, reader);
      const running = parts.move();
      return {
        target: { name: NAME, port, authority, pids: [process.pid], core, logins, onDisk: 'unseen' },
        [Symbol.asyncDispose]: () => running.disposeAsync(),
      };
    },
  };
}

/** Its format of settings includes JSON. */
function natsSettings(
  mqttPort: number,
  clientPort: number,
  dataFolder: string,
  { certificateFile, keyFile }: ServerIdentity,
  users: readonly object[],
): object {
  const tls = { cert_file: certificateFile, key_file: keyFile };
  return {
    server_name: 'measured',
    listen: `127.0.0.1:${clientPort}`,
    tls,
    jetstream: { store_dir: dataFolder },
    mqtt: { listen: `127.0.0.1:${mqttPort}`, tls },
    authorization: { users },
  };
}

/** An MQTT topic `/devices/a` is the subject `/.devices.a`. */
function deviceUser({ deviceId, password }: PasswordLogin): object {
  const own = [`/.devices.${deviceId}.>`];
  return { user: deviceId, password, permissions: { publish: own, subscribe: [...own, '$MQTT.sub.>'] } };
}

function readerUser({ deviceId, password }: PasswordLogin): object {
  // `/devices/#` means `/devices` too. An empty list of what is allowed would allow everything.
  const permissions = { publish: { deny: '>' }, subscribe: ['/.devices', '/.devices.>', '$MQTT.sub.>'] };
  return { user: deviceId, password, permissions };
}

async function natsVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)('nats-server', ['--version']);
  return /v(\d\S*)/.exec(stdout)?.[1] ?? 'unknown';
}
