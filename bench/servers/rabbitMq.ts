import { createHash, randomBytes } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { BoundProcess } from '../boundProcess.ts';
import { leaveSubscriber } from './absentSubscriber.ts';
import { freePort } from './freePort.ts';
import { type MeasuredServer, type ServerOptions, startedServer } from './measuredServer.ts';
import { deviceLogins, type PasswordLogin, passwordLogin } from './passwordLogin.ts';
import { writePrivate } from './privateFile.ts';
import { type ServerIdentity, writeServerIdentity } from './serverIdentity.ts';

const NAME = 'RabbitMQ';

/** What Debian has on the path would become another user and keep its data elsewhere. */
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';

export const RABBITMQ_PROGRAMS = { [SERVER]: 'rabbitmq-server', epmd: 'erlang-base' } as const;

/**
 * RabbitMQ with its MQTT plugin and a durable queue of a subscriber that is away. Each device has a password and may
 * publish to its own topics only.
 */
export async function installRabbitMq({ folder, core, devices, signal }: ServerOptions): Promise<MeasuredServer> {
  await mkdir(folder, { mode: 0o700 });
  const identity = await writeServerIdentity(folder);
  const logins = deviceLogins(devices);
  const reader = passwordLogin('subscriber');
  const definitions = await writePrivate(folder, 'definitions.json', JSON.stringify(definitionsOf(logins, reader)));
  const plugins = await writePrivate(folder, 'enabled_plugins', '[rabbitmq_mqtt].\n');
  let starts = 0;
  return {
    name: NAME,
    version: await rabbitMqVersion(),
    acknowledged: 'on disk, in a durable queue',
    async start() {
      await using parts = new AsyncDisposableStack();
      const port = await freePort();
      const settingsFile = await writePrivate(folder, 'rabbitmq.conf', settingsLines(port, identity, definitions));
      // Nodes find each other by this program. Erlang would start one that goes on after it.
      const mapperPort = await freePort();
      const mapper = ['epmd', '-port', String(mapperPort), '-address', '127.0.0.1'];
      parts.use(new BoundProcess(core, mapper, signal));
      const environment = {
        RABBITMQ_CONFIG_FILE: settingsFile,
        RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
        RABBITMQ_MNESIA_BASE: join(folder, `data-${starts++}`),
        RABBITMQ_LOG_BASE: folder,
        RABBITMQ_NODENAME: 'measured@localhost',
        RABBITMQ_DIST_PORT: await freePort(),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}',
        ERL_EPMD_PORT: mapperPort,
        // Its script then becomes the server, instead of waiting for it: the process id is the server's.
        RUNNING_UNDER_SYSTEMD: 'true',
        // For the secret by which its nodes know each other.
        HOME: folder,
      };
      const variables = Object.entries(environment).map(([variable, value]) => `${variable}=${value}`);
      const process = parts.use(new BoundProcess(core, ['env', ...variables, SERVER], signal));
      // The banner says it. So does a line of its log, but among those of thousands of devices a line may be dropped.
      await startedServer(NAME, process, (banner) => (/completed with \d+ plugins/.test(banner) ? true : undefined));
      const { authority } = identity;
      await leaveSubscriber(NAME, port, authority, reader);
      const running = parts.move();
      return {
        target: { name: NAME, port, authority, pids: [process.pid], core, logins, onDisk: 'at its acknowledgement' },
        [Symbol.asyncDispose]: () => running.disposeAsync(),
      };
    },
  };
}

function settingsLines(port: number, { certificateFile, keyFile }: ServerIdentity, definitions: string): string {
  const settings = {
    'listeners.tcp': 'none',
    'mqtt.listeners.tcp': 'none',
    'mqtt.listeners.ssl.1': `127.0.0.1:${port}`,
    'mqtt.allow_anonymous': 'false',
    'mqtt.tcp_listen_options.backlog': '1024',
    'mqtt.tcp_listen_options.nodelay': 'true',
    'ssl_options.certfile': certificateFile,
    'ssl_options.keyfile': keyFile,
    'ssl_options.versions.1': 'tlsv1.3',
    'ssl_options.verify': 'verify_none',
    load_definitions: definitions,
    'log.file': 'false',
    'log.console': 'true',
    'log.console.level': 'info',
    // Thousands of lines would say that a connection has come.
    'log.connection.level': 'warning',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

/** An MQTT topic `/devices/a` is the routing key `.devices.a`; the queue of a subscriber has its client id in its name. */
function definitionsOf(devices: readonly PasswordLogin[], reader: PasswordLogin): object {
  const vhost = '/';
  const exchange = 'amq.topic';
  const nothing = '^$';
  const ownQueues = `^mqtt-subscription-${reader.clientId}qos[01]$`;
  return {
    vhosts: [{ name: vhost }],
    users: [...devices, reader].map(({ deviceId: name, password }) => ({
      name,
      password_hash: passwordHash(password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: [],
    })),
    permissions: [
      ...devices.map(({ deviceId: user }) => ({
        user,
        vhost,
        configure: nothing,
        write: '^amq\\.topic$',
        read: nothing,
      })),
      {
        user: reader.deviceId,
        vhost,
        configure: ownQueues,
        write: ownQueues,
        read: `${ownQueues}|^amq\\.topic$`,
      },
    ],
    topic_permissions: [
      ...devices.map(({ deviceId: user }) => ({
        user,
        vhost,
        exchange,
        write: `^\\.devices\\.${user}\\.`,
        read: nothing,
      })),
      { user: reader.deviceId, vhost, exchange, write: nothing, read: '^\\.devices\\.' },
    ],
  };
}

/** Its documented form: four bytes of salt, then SHA-256 over salt and password. */
function passwordHash(password: string): string {
  const salt = randomBytes(4);
  const hash = createHash('sha256').update(salt).update(password).digest();
  return Buffer.concat([salt, hash]).toString('base64');
}

/** It is in the name of its folder; its own answer takes seconds. */
async function rabbitMqVersion(): Promise<string> {
  return /rabbitmq_server-([\d.]+)/.exec(await realpath(SERVER))?.[1] ?? 'unknown';
}
