import { ApiClient } from '@mkiot/core/api/client';
import { findAdminSocket } from '@mkiot/server/dataFolder/adminSocket';
import { dataFolderPaths } from '@mkiot/server/dataFolder/dataFolderPaths';
import { connect as connectSocket } from 'node:net';
import type { GlobalOptions } from '../cli.ts';
import { dataFolderOf } from '../dataFolderOf.ts';
import { Names } from '../names.ts';
import type { CliPorts } from '../ports.ts';
import { readAuthority } from './authorityFile.ts';
import { connectionError } from './connectionErrors.ts';
import { CredentialsFile } from './credentials.ts';
import { nodeFetch, type ServerAddress } from './nodeFetch.ts';
import { parseServerUrl } from './serverUrl.ts';

/** An open way to a server. */
export interface Connection extends Disposable {
  readonly api: ApiClient;
  readonly names: Names;
  /** Undefined: the server runs here, and the connection is its admin socket. */
  readonly url: URL | undefined;
  /** PEM of the only authority that is trusted for `url`; undefined: those of the system. */
  readonly ca: string | undefined;
}

/** A way to a server without a login. */
export type PublicConnection = Pick<Connection, 'api' | 'url' | 'ca'>;

/** Where a server is that nobody has named: at an address, or on this machine, with a data folder. */
export type UsualServer = ServerAddress | { readonly dataFolder: string };

type Options = Pick<GlobalOptions, 'data' | 'server' | 'token' | 'ca' | 'registry'>;
type Ports = Pick<CliPorts, 'environment' | 'homeFolder' | 'userId' | 'signal'>;

/**
 * Finds the server: the one that an option or variable names, else the one that runs here with the data folder, else
 * that of the saved login. Options go before variables, variables before the saved login.
 *
 * @throws `NOT_CONNECTED`, `TOKEN_MISSING`, `CREDENTIALS_DAMAGED`, and what the server answers to the token
 */
export async function connect(options: Options, ports: Ports): Promise<Connection> {
  const { address, token } = await locate(options, ports);
  if ('url' in address && token === undefined) throw connectionError('TOKEN_MISSING', { server: address.url.origin });
  return open(address, token, options, ports);
}

/**
 * A way to the calls of a server that need no token, to the server that {@link connect} would find.
 *
 * @param usual is taken where neither options nor variables name a server
 */
export async function connectWithoutToken(
  options: Options,
  ports: Ports,
  usual?: UsualServer,
): Promise<PublicConnection & Disposable> {
  const { server = variable(ports, 'MKIOT_SERVER'), data } = options;
  const isNamed = server !== undefined || data !== undefined;
  const address = isNamed || usual === undefined ? (await locate(options, ports)).address : await find(usual, ports);
  const transport = nodeFetch(address, ports.signal);
  const { url, ca } = 'url' in address ? address : {};
  return { api: new ApiClient(transport.fetch), url, ca, [Symbol.dispose]: () => transport[Symbol.dispose]() };
}

async function find(usual: UsualServer, ports: Ports): Promise<ServerAddress> {
  return 'dataFolder' in usual ? (await locate({ data: usual.dataFolder }, ports)).address : usual;
}

/** @throws `NOT_CONNECTED`, `CREDENTIALS_DAMAGED` */
async function locate(
  options: Options,
  ports: Ports,
): Promise<{ readonly address: ServerAddress; readonly token: string | undefined }> {
  const given = {
    server: options.server ?? variable(ports, 'MKIOT_SERVER'),
    token: options.token ?? variable(ports, 'MKIOT_TOKEN'),
    ca: options.ca ?? variable(ports, 'MKIOT_CA'),
  };
  const socketPath = given.server === undefined ? await findLocalServer(options, ports) : undefined;
  if (socketPath !== undefined) return { address: { socketPath }, token: undefined };
  const saved = await new CredentialsFile(ports).read();
  const address = given.server ?? saved?.url;
  if (address === undefined || (given.server === undefined && options.data !== undefined)) {
    throw connectionError('NOT_CONNECTED', { dataFolder: dataFolderOf(options, ports) });
  }
  const url = parseServerUrl(address);
  const login = saved?.url === url.origin ? saved : undefined;
  const ca = given.ca === undefined ? login?.ca : await readAuthority(given.ca);
  return { address: { url, ca }, token: given.token ?? login?.token };
}

/** An empty variable counts as absent, as it does for settings. */
function variable({ environment }: Ports, name: string): string | undefined {
  return environment[name] || undefined;
}

/** A connection to the server that runs here with the data folder, if one does. */
export async function connectLocally(options: Options, ports: Ports): Promise<Connection | undefined> {
  const socketPath = await findLocalServer(options, ports);
  return socketPath === undefined ? undefined : open({ socketPath }, undefined, options, ports);
}

/** The admin socket of the server that runs here with the data folder, if one does. */
async function findLocalServer(options: Options, ports: Ports): Promise<string | undefined> {
  const { adminSocket } = dataFolderPaths(dataFolderOf(options, ports));
  const socketPath = await findAdminSocket(adminSocket);
  return (await somebodyListens(socketPath)) ? socketPath : undefined;
}

/** A server that was killed leaves its socket behind, so that one is there says nothing. */
function somebodyListens(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function open(
  address: ServerAddress,
  token: string | undefined,
  options: Options,
  ports: Ports,
): Promise<Connection> {
  const transport = nodeFetch(address, ports.signal);
  try {
    const api = new ApiClient(transport.fetch, token);
    const { project, location, registry } = await api.whoami();
    const serverNames = new Names({ project, location, registry });
    const names = new Names(serverNames.registry(options.registry));
    const { url, ca } = 'url' in address ? address : {};
    return { api, names, url, ca, [Symbol.dispose]: () => transport[Symbol.dispose]() };
  } catch (error) {
    transport[Symbol.dispose]();
    throw error;
  }
}
