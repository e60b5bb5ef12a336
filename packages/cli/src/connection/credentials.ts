import { readPrivateFile, writePrivateFile } from '@mkiot/server/dataFolder/privateFiles';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CliPorts } from '../ports.ts';
import { connectionError } from './connectionErrors.ts';

/** What `mkiot login` keeps. */
export interface Credentials {
  /** `https://HOST:8443` */
  readonly url: string;
  /** PEM of the only authority that is trusted for the server; absent: those of the system. */
  readonly ca?: string;
  readonly token: string;
}

/** The file that keeps one login, for its owner's eyes only. */
export class CredentialsFile {
  readonly path: string;
  readonly #userId: number | undefined;

  constructor({ environment, homeFolder, userId }: Pick<CliPorts, 'environment' | 'homeFolder' | 'userId'>) {
    const configFolder = environment['XDG_CONFIG_HOME'] || join(homeFolder, '.config');
    this.path = join(configFolder, 'mkiot', 'credentials.json');
    this.#userId = userId;
  }

  /** Undefined when there is none. @throws `NOT_PRIVATE`, `OWNER_WRONG`, `CREDENTIALS_DAMAGED` */
  async read(): Promise<Credentials | undefined> {
    try {
      return this.#parse((await readPrivateFile(this.path, this.#userId)).toString());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(credentials: Credentials): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    await writePrivateFile(this.path, `${JSON.stringify(credentials, undefined, 2)}\n`);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  #parse(text: string): Credentials {
    const { url, ca, token } = jsonObject(text);
    if (typeof url === 'string' && URL.canParse(url) && typeof token === 'string') {
      if (ca === undefined) return { url, token };
      if (typeof ca === 'string') return { url, ca, token };
    }
    throw connectionError('CREDENTIALS_DAMAGED', { file: this.path });
  }
}

/** The engine's error would quote the text, and with it the token; so it goes no further. */
function jsonObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
