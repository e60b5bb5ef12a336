import { ApiClient } from '@mkiot/core/api/client';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { version } from '@mkiot/server/platform/version';
import { generateSigningKeyPem, nodeSigningKey } from '@mkiot/server/runtime/nodeSigningKey';
import { createPrivateKey } from 'node:crypto';
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUN_MISSING, bunForTests } from '../../tools/bunTests.ts';
import { benchError } from '../benchErrors.ts';
import { BoundProcess } from '../boundProcess.ts';
import type { Login } from '../load/job.ts';
import { type MeasuredServer, type ServerOptions, startedServer } from './measuredServer.ts';

const mkiot = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
/** As its users start it, but for free ports. The log has the level at which a busy installation runs. */
const UP = ['up', '--mqtt-port', '0', '--https-port', '0', '--loopback-port', '0', '--log-level', 'warn'];
/** A registration waits for the disk: some at once share a sync. */
const REGISTRATIONS_AT_ONCE = 16;

/** What `mkiot --json up` prints when it is up. */
interface Welcome {
  readonly project: string;
  readonly mqtt: string;
  readonly loopback: string;
  readonly setupLink?: string;
}

export interface MkiotOptions extends ServerOptions {
  /** What it runs on. */
  readonly runtime: Runtime;
  /** The setting `workers`. */
  readonly workers: number;
  /** Flags of node before the program: a profiler, say. */
  readonly nodeFlags: readonly string[];
}

/** A JavaScript runtime by its binary. */
export interface Runtime {
  readonly name: 'Node' | 'Bun';
  readonly binary: string;
}

export const NODE: Runtime = { name: 'Node', binary: process.execPath };

/** @throws `BENCH_BUN_MISSING` */
export function bun(): Runtime {
  const binary = bunForTests(false);
  if (binary === undefined) throw benchError('BENCH_BUN_MISSING', { message: BUN_MISSING });
  return { name: 'Bun', binary };
}

/** A new installation of MkIoT with its devices, registered through the API as anybody does it. */
export async function installMkiot(options: MkiotOptions): Promise<MeasuredServer> {
  const name = nameOf(options);
  const logins = await registerDevices(options);
  const authority = await readFile(join(options.folder, 'certificates/authority.pem'), 'utf8');
  return {
    name,
    version,
    acknowledged: 'on disk',
    // A copy for each start: with the events of earlier rounds it would begin by reading them through.
    async start() {
      await using parts = new AsyncDisposableStack();
      const dataFolder = `${options.folder}-started`;
      await cp(options.folder, dataFolder, { recursive: true });
      parts.defer(() => rm(dataFolder, { recursive: true, force: true }));
      const process = parts.use(startMkiot({ ...options, folder: dataFolder }, options.nodeFlags));
      const { mqtt } = await startedServer(name, process, readWelcome);
      const running = parts.move();
      return {
        target: {
          name,
          port: portOf(mqtt),
          authority,
          pids: [process.pid],
          core: options.core,
          logins,
          onDisk: 'at its acknowledgement',
        },
        [Symbol.asyncDispose]: () => running.disposeAsync(),
      };
    },
  };
}

function nameOf({ runtime: { name }, workers }: MkiotOptions): string {
  const where = name === 'Node' ? '' : ` on ${name}`;
  return workers === 1 ? `MkIoT${where}` : `MkIoT${where} with ${workers} workers`;
}

async function registerDevices(options: MkiotOptions): Promise<readonly Login[]> {
  await using process = startMkiot(options, []);
  const { project, loopback, setupLink = '' } = await startedServer(nameOf(options), process, readWelcome);
  const fetchPath = (path: string, init?: RequestInit) => fetch(`${loopback}${path}`, init);
  const { token } = await new ApiClient(fetchPath).setup.exchange(setupLink.split('#')[1] ?? '');
  const { devices } = new ApiClient(fetchPath, token);
  const parent = { project, location: 'local', registry: 'default' };

  const logins: Login[] = [];
  const ids = Array.from({ length: options.devices }, (_, index) => `device-${index}`).values();
  const registerOneByOne = async (): Promise<void> => {
    for (const deviceId of ids) {
      const privateKeyPem = generateSigningKeyPem();
      const key = nodeSigningKey(createPrivateKey(privateKeyPem)).publicKeyPem;
      await devices.create(parent, deviceId, { credentials: [{ publicKey: { format: 'ES256_PEM', key } }] });
      const clientId = formatDeviceName({ ...parent, device: deviceId });
      logins.push({ clientId, deviceId, audience: project, privateKeyPem });
    }
  };
  await Promise.all(Array.from({ length: REGISTRATIONS_AT_ONCE }, registerOneByOne));
  return logins;
}

function startMkiot(options: MkiotOptions, nodeFlags: readonly string[]): BoundProcess {
  const { core, folder, signal, runtime, workers } = options;
  const command = [
    runtime.binary,
    ...nodeFlags,
    mkiot,
    '--json',
    '--data',
    folder,
    ...UP,
    '--workers',
    String(workers),
  ];
  return new BoundProcess(core, command, signal);
}

function readWelcome(output: string): Welcome | undefined {
  return output.endsWith('}\n') ? (JSON.parse(output) as Welcome) : undefined;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
