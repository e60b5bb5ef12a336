import { writePrivateFile } from '@mkiot/server/dataFolder/privateFiles';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The ports of a running platform. */
export interface Listening {
  readonly mqtt: number;
  readonly https: number;
  /** Undefined where plain HTTP on this machine is off. */
  readonly loopback: number | undefined;
}

// The settings do not tell: port 0 takes a free one, and a flag of "mkiot up" is known to that process alone.
const FILE = 'listening.json';

export async function writeListening(dataFolder: string, { mqtt, https, loopback }: Listening): Promise<void> {
  await writePrivateFile(join(dataFolder, FILE), `${JSON.stringify({ mqtt, https, loopback })}\n`);
}

export async function removeListening(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, FILE), { force: true });
}

/** The ports of the platform that runs with this data folder. Ask only when one runs: a crash leaves the file behind. */
export async function readListening(dataFolder: string): Promise<Listening | undefined> {
  try {
    return JSON.parse(await readFile(join(dataFolder, FILE), 'utf8')) as Listening;
  } catch {
    return undefined;
  }
}
