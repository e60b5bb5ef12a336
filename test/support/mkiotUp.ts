import { testWorkers } from '@mkiot/server/bridgeWorkers/testWorkers.testing';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlatformAddress } from './platformUser.ts';
import { Program } from './program.ts';

const mkiot = fileURLToPath(new URL('../../packages/cli/bin/mkiot.js', import.meta.url));

/** What `mkiot up --json` prints when it is up. */
interface Welcome {
  readonly project: string;
  readonly mqtt: string;
  readonly api: string;
  readonly loopback: string;
  readonly setupLink?: string;
}

/** `mkiot up` on free ports, in a process of its own that a test may kill. Without `settings` it logs nothing. */
export function mkiotUp(dataFolder: string, settings: readonly string[] = ['--log-level', 'silent']): Program {
  const ports = ['--mqtt-port', '0', '--https-port', '0', '--loopback-port', '0'];
  const workers = ['--workers', String(testWorkers())];
  return new Program(process.execPath, [
    mkiot,
    '--json',
    '--data',
    dataFolder,
    'up',
    ...ports,
    ...workers,
    ...settings,
  ]);
}

/** Where it listens, once it does, and the set-up code as long as nobody has used one. */
export async function isUp(
  program: Program,
  dataFolder: string,
): Promise<{ readonly address: PlatformAddress; readonly setupCode: string | undefined }> {
  // Its log may have something to say before.
  const { number: first } = await program.line(/^\{$/);
  const { number: last } = await program.line(/^\}$/, first);
  const welcome = program.output
    .split('\n')
    .slice(first, last + 1)
    .join('\n');
  const { project, mqtt, api, loopback, setupLink } = JSON.parse(welcome) as Welcome;
  const port = (url: string): number => Number(new URL(url).port);
  const address = {
    project,
    mqttPort: port(mqtt),
    httpsPort: port(api),
    loopbackPort: port(loopback),
    dataFolder,
    caFile: join(dataFolder, 'certificates/authority.pem'),
  };
  return { address, setupCode: setupLink?.split('#')[1] };
}
