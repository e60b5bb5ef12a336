import type { Command } from 'commander';
import {
  type Connection,
  connect,
  connectLocally,
  connectWithoutToken,
  type PublicConnection,
  type UsualServer,
} from './connection/connect.ts';
import { connectionError } from './connection/connectionErrors.ts';
import { dataFolderOf } from './dataFolderOf.ts';
import { Output } from './output/output.ts';
import type { CliPorts } from './ports.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly debug?: boolean;
  readonly data?: string;
  readonly server?: string;
  readonly token?: string;
  readonly ca?: string;
  readonly registry?: string;
}

/** What every command is given: the machine, the global options, the reader and the way to the server. */
export class Cli {
  readonly ports: CliPorts;
  readonly #program: Command;

  constructor(ports: CliPorts, program: Command) {
    this.ports = ports;
    this.#program = program;
  }

  /** Complete once the command line has been parsed: inside actions. */
  get options(): GlobalOptions {
    return this.#program.opts<GlobalOptions>();
  }

  get output(): Output {
    return new Output(this.ports.output, this.options.json === true);
  }

  /** Runs `work` with a connection to the server that the options, this machine or the saved login name. */
  async withServer<Result>(work: (server: Connection) => Promise<Result>): Promise<Result> {
    using server = await connect(this.options, this.ports);
    // Without this await the connection would be closed before the work is done.
    return await work(server);
  }

  /** Runs `work` with a server whose calls that need no token are all that it makes; by signatures it shows who it is. */
  async withPublicServer<Result>(
    work: (server: PublicConnection) => Promise<Result>,
    usual?: UsualServer,
  ): Promise<Result> {
    using server = await connectWithoutToken(this.options, this.ports, usual);
    // Without this await the connection would be closed before the work is done.
    return await work(server);
  }

  /** Runs `work` with a connection to the server on this machine, never to another. @throws `NO_LOCAL_SERVER` */
  async withLocalServer(work: (server: Connection) => Promise<void>): Promise<void> {
    using server = await connectLocally(this.options, this.ports);
    if (server === undefined) {
      throw connectionError('NO_LOCAL_SERVER', { dataFolder: dataFolderOf(this.options, this.ports) });
    }
    await work(server);
  }

  /** Runs `work`, for which Ctrl-C is the normal end. */
  async untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.ports;
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
