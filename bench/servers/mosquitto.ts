import { systemClock } from '@mkiot/core/clock/systemClock';
import { issueAuthority, issueServerCertificate } from '@mkiot/server/certificates/issueCertificates';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BoundProcess } from '../boundProcess.ts';
import type { Login } from '../load/job.ts';
import { type MeasuredServer, startedServer } from './measuredServer.ts';

const NAME = 'mosquitto';

/** Debian's packages; both programs are in the first. */
export const MOSQUITTO_PROGRAMS = { mosquitto: 'mosquitto', mosquitto_passwd: 'mosquitto' } as const;

export interface MosquittoOptions {
  /** Made if it is missing. */
  readonly folder: string;
  readonly core: number;
  readonly signal: AbortSignal;
  readonly devices: number;
}

/**
 * mosquitto with what a secured installation of it has: TLS 1.3 on a P-256 certificate, a password for each device and a
 * pattern that keeps devices to their own topics. It stores nothing.
 */
export async function installMosquitto(options: MosquittoOptions): Promise<MeasuredServer> {
  const { folder, core, devices, signal } = options;
  await mkdir(folder, { mode: 0o700 });
  const logins = Array.from({ length: devices }, (_, index) => {
    const deviceId = `device-${index}`;
    return { clientId: deviceId, deviceId, password: randomBytes(16).toString('hex') };
  });
  const passwordFile = await writePrivate(folder, 'passwords', passwordLines(logins));
  await promisify(execFile)('mosquitto_passwd', ['-U', passwordFile]);
  const now = systemClock.now();
  const authority = await issueAuthority('Authority of a measurement', now, randomFill);
  const names = { names: ['localhost'], addresses: ['127.0.0.1'] };
  const { cert, key } = await issueServerCertificate(authority, names, now, randomFill);
  const files = {
    certfile: await writePrivate(folder, 'server.pem', cert),
    keyfile: await writePrivate(folder, 'server.key', key),
    password_file: passwordFile,
    acl_file: await writePrivate(folder, 'topics', 'pattern readwrite /devices/%u/#\n'),
  };
  return {
    name: NAME,
    version: await mosquittoVersion(),
    async start() {
      const port = await freePort();
      const settingsFile = await writePrivate(folder, 'mosquitto.conf', settingsLines(port, files));
      const process = new BoundProcess(core, ['mosquitto', '-c', settingsFile], signal);
      await startedServer(NAME, process, (_, log) => (log.includes(' running') ? true : undefined));
      return {
        target: { name: NAME, port, authority: authority.cert, pid: process.pid, core, logins },
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

function passwordLines(logins: readonly Extract<Login, { password: string }>[]): string {
  return logins.map(({ deviceId, password }) => `${deviceId}:${password}\n`).join('');
}

async function mosquittoVersion(): Promise<string> {
  // It has no option for that, and ends its help with exit code 3.
  const { stdout } = await promisify(execFile)('mosquitto', ['-h']).catch((error: { stdout: string }) => error);
  return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
}

async function writePrivate(folder: string, name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

/** A port that is free now; mosquitto cannot take "any" and say which. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
