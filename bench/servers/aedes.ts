import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BoundProcess } from '../boundProcess.ts';
import type { AedesJob } from './aedesBroker.ts';
import { type MeasuredServer, type ServerOptions, startedServer } from './measuredServer.ts';
import { deviceLogins } from './passwordLogin.ts';
import { writeServerIdentity } from './serverIdentity.ts';

const NAME = 'aedes';
const program = fileURLToPath(new URL('aedesBroker.ts', import.meta.url));

/** aedes, the MQTT broker of the npm registry, on the Node that MkIoT runs on. It stores nothing. */
export async function installAedes({ folder, core, devices, signal }: ServerOptions): Promise<MeasuredServer> {
  await mkdir(folder, { mode: 0o700 });
  const { authority, certificateFile, keyFile } = await writeServerIdentity(folder);
  const logins = deviceLogins(devices);
  const job: AedesJob = {
    cert: await readFile(certificateFile, 'utf8'),
    key: await readFile(keyFile, 'utf8'),
    logins,
  };
  return {
    name: NAME,
    version: await aedesVersion(),
    acknowledged: 'in the memory of the server',
    async start() {
      const process = new BoundProcess(core, [globalThis.process.execPath, program], signal, JSON.stringify(job));
      const port = await startedServer(NAME, process, (output) => /^port (\d+)$/m.exec(output)?.[1]);
      return {
        target: { name: NAME, port: Number(port), authority, pids: [process.pid], core, logins, onDisk: 'unseen' },
        [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
      };
    },
  };
}

async function aedesVersion(): Promise<string> {
  const manifest = await readFile(new URL('package.json', import.meta.resolve('aedes')), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
