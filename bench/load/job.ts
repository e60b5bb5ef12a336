/** Who a connection logs in as: by a password, or by a token that it signs at each login. */
export type Login = {
  readonly clientId: string;
  readonly deviceId: string;
} & ({ readonly password: string } | { readonly audience: string; readonly privateKeyPem: string });

/** The server under load. */
export interface Target {
  readonly name: string;
  readonly port: number;
  /** PEM of the authority that its certificate hangs on; its name is `localhost`. */
  readonly authority: string;
  /** Its processes: their CPU time and memory count together. */
  readonly pids: readonly number[];
  /** The core that they are bound to. */
  readonly core: number;
  readonly logins: readonly Login[];
  readonly onDisk: OnDisk;
}

/**
 * When a message is on disk: at its acknowledgement, or when it is a row of the table `events` of an SQLite database, or
 * nobody tells: later, perhaps never.
 */
export type OnDisk = 'at its acknowledgement' | 'unseen' | { readonly database: string };

/** Connections that each keep `window` units of work under way. */
export interface PublishLoad {
  readonly kind: 'publish';
  readonly connections: number;
  readonly window: number;
  readonly qos: 0 | 1;
  readonly payloadBytes: number;
}

/** Messages at a fixed pace, far below what the server could take. */
export interface PacedLoad {
  readonly kind: 'paced';
  readonly connections: number;
  readonly messagesPerSecond: number;
  readonly payloadBytes: number;
}

/** Logins one after the other, `concurrency` of them at a time, each with a whole handshake. */
export interface ConnectLoad {
  readonly kind: 'connect';
  readonly concurrency: number;
}

/** Connections that do nothing. */
export interface IdleLoad {
  readonly kind: 'idle';
  readonly connections: number;
}

export type Load = PublishLoad | PacedLoad | ConnectLoad | IdleLoad;

export interface Job {
  readonly target: Target;
  readonly load: Load;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** What the load process has counted in the measured time. */
export interface Measurement {
  /** Messages that the server has answered for, or logins. */
  readonly done: number;
  /** Messages that have come to disk; undefined where that cannot be seen. */
  readonly stored?: number | undefined;
  readonly seconds: number;
  /** CPU time of the server, all its processes and threads, user and system. */
  readonly serverCpuSeconds: number;
  readonly loadCpuSeconds: number;
  /** CPU time of everybody else on the server's core. */
  readonly foreignCpuSeconds: number;
  /** From sending to the answer; of logins from the TCP connection to the CONNACK. Undefined where nothing is timed. */
  readonly latencyMs: { readonly p50: number; readonly p99: number } | undefined;
  /** Of the server, before the first connection of the job and at its end. */
  readonly residentBytes: { readonly before: number; readonly after: number };
}
