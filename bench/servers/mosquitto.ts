import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { BoundProcess } from '../boundProcess.ts';
import { freePort } from './freePort.ts';
import { type MeasuredServer, type ServerOptions, startedServer } from './measuredServer.ts';
import { deviceLogins, type PasswordLogin } from './passwordLogin.ts';
import { writePrivate } from './privateFile.ts';
import { writeServerIdentity } from './serverIdentity.ts';

/** Debian's packages; both programs are in the first. */
export const MOSQUITTO_PROGRAMS = { mosquitto: 'mosquitto', mosquitto_passwd: 'mosquitto' } as const;

/**
 * mosquitto with what a secured installation of it has: TLS 1.3 on a P-256 certificate, a password for each device and a
 * pattern that keeps devices to their own topics. It stores nothing.
 *
 * @param reader who besides may read what all devices publish
 */
export async function installMosquitto(options: ServerOptions, reader?: PasswordLogin): Promise<MeasuredServer> {
  const name = 'mosquitto';
  const { folder, core, devices, signal } = options;
  await mkdir(folder, { mode: 0o700 });
  const logins = deviceLogins(devices);
  const passwordFile = await writePrivate(folder, 'passwords', passwordLines([...logins, ...(reader ? [reader] : [])]));
  await promisify(execFile)('mosquitto_passwd', ['-U', passwordFile]);
  const { authority, certificateFile, keyFile } = await writeServerIdentity(folder);
  const reading = reader === undefined ? '' : `user ${reader.deviceId}\ntopic read /devices/#\n\n`;
  const files = {
    certfile: certificateFile,
    keyfile: keyFile,
    password_file: passwordFile,
    acl_file: await writePrivate(folder, 'topics', `${reading}pattern readwrite /devices/%u/#\n`),
  };
  return {
    name,
    version: await mosquittoVersion(),
    acknowledged: 'in the memory of the server',
    async start() {
      const port = await freePort();
      const settingsFile = await writePrivate(folder, 'mosquitto.conf', settingsLines(port, files));
      const process = new BoundProcess(core, ['mosquitto', '-c', settingsFile], signal);
      await startedServer(name, process, (_, log) => (log.includes(' running') ? true : undefined));
      return {
        target: { name, port, authority, pids: [process.pid], core, logins, onDisk: 'unseen' },
        [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
      };
    },
  };
}

function settingsLines(port: number, files: Readonly<Record<string, string>>): string {
  const settings = {
    listener: `${port} 127.0.0.1`,
    ...files,
    tls_version: 'tlsv1.3',
    allow_anonymous: 'false',
    persistence: 'false',
    set_tcp_nodelay: 'true',
    // For a subscriber: its default of 1000 waiting messages loses the others, and one of 20 under way keeps it waiting.
    max_queued_messages: '0',
    max_inflight_messages: '1000',
    // What goes to standard output stays in its buffer.
    log_dest: 'stderr',
    log_type: ['error', 'warning', 'information'],
    // As root it would become another user, who may not read the folder.
    user: userInfo().username,
  };
  const lines = Object.entries(settings).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name} ${value}`),
  );
  return `${lines.join('\n')}\n`;
}

function passwordLines(logins: readonly PasswordLogin[]): string {
  return logins.map(({ deviceId, password }) => `${deviceId}:${password}\n`).join('');
}

async function mosquittoVersion(): Promise<string> {
  // It has no option for that, and ends its help with exit code 3.
  const { stdout } = await promisify(execFile)('mosquitto', ['-h']).catch((error: { stdout: string }) => error);
  return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
}
