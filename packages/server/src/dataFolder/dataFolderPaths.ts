import { join } from 'node:path';

/** Where everything lies in a data folder: the one place that names its files. */
export interface DataFolderPaths {
  readonly folder: string;
  readonly settings: string;
  /** 32 random bytes under which all secrets at rest are encrypted. */
  readonly masterKey: string;
  readonly installation: string;
  /** Locked by the running server; `lockHolder` says who that is. */
  readonly lock: string;
  readonly lockHolder: string;
  /** Registry, twin, tokens, audit trail, subscriptions. */
  readonly database: string;
  /** The segments of the event log, a folder a day. */
  readonly events: string;
  /** The certificate authority and what it certified. */
  readonly certificates: string;
  /** The authority's certificate with its private key, sealed. */
  readonly authority: string;
  /** A copy of its certificate as PEM, no secret: what devices and browsers are to trust. */
  readonly authorityCertificate: string;
  /** The listeners' certificate with its private key, sealed. */
  readonly serverCertificate: string;
  /** The admin API for this machine's own user; see adminSocket.ts. */
  readonly adminSocket: string;
}

export function dataFolderPaths(folder: string): DataFolderPaths {
  return {
    folder,
    settings: join(folder, 'settings.json'),
    masterKey: join(folder, 'master.key'),
    installation: join(folder, 'installation.json'),
    lock: join(folder, 'lock.db'),
    lockHolder: join(folder, 'lock.json'),
    database: join(folder, 'mkiot.db'),
    events: join(folder, 'events'),
    certificates: join(folder, 'certificates'),
    authority: join(folder, 'certificates/authority.sealed'),
    authorityCertificate: join(folder, 'certificates/authority.pem'),
    serverCertificate: join(folder, 'certificates/server.sealed'),
    adminSocket: join(folder, 'admin.sock'),
  };
}
