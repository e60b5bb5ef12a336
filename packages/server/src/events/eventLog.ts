/** Where an event came from. `encoded` is made once a session by {@link encodeOrigin} and copied into each record. */
export interface EventOrigin {
  readonly project: string;
  readonly location: string;
  readonly registry: string;
  readonly deviceId: string;
  readonly deviceNumId: number;
}

/** An event as it is read back. */
export interface LoggedEvent extends EventOrigin {
  /** Position in the log: grows by one an event, starts at 1, is never used twice. */
  readonly sequence: number;
  /** Wall clock of the server at receipt, milliseconds since 1970. */
  readonly receivedAtMs: number;
  readonly subfolder: string;
  readonly payload: Uint8Array;
}

/** Where a record lies on disk. */
export interface EventPlace {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Told the fate of appended events; one object a connection, so that a commit costs no closure an event. */
export interface AppendObserver {
  /** The event appended with `tag` is on disk. Called in the order of appending. */
  committed(tag: number): void;
  /** It is not, and the log cannot say whether it ever will be. */
  failed(tag: number, error: unknown): void;
  /** Called once an observer after all calls of a commit: time to write everything in one go. */
  settled(): void;
}

/** Append-only log of telemetry events. What `committed` names survives a power cut. */
export interface EventLog {
  /** Takes a copy of `payload`. `observer` undefined: nobody waits (QoS 0). */
  append(
    origin: EventOrigin,
    subfolder: string,
    payload: Uint8Array,
    receivedAtMs: number,
    observer: AppendObserver | undefined,
    tag: number,
  ): void;
  /** More is waiting for the disk than is healthy: stop reading sockets until `onDrained`. */
  readonly saturated: boolean;
  /** Calls `callback` once, when the log has caught up. */
  onDrained(callback: () => void): void;
  /** Sequence of the last event on disk; 0 when there is none. */
  readonly lastCommitted: number;
  /** Sequence of the oldest event that retention has left. */
  readonly firstKept: number;
  /** Events from `sequence` on, at most `limit` of them and about `maxBytes`; fewer at the end. Only committed ones. */
  read(sequence: number, limit: number, maxBytes?: number): Promise<readonly LoggedEvent[]>;
  /** File and offset of a committed event. */
  locate(sequence: number): Promise<EventPlace | undefined>;
  /** Calls `listener` after each commit until the returned function is called. */
  onCommitted(listener: (lastCommitted: number) => void): () => void;
  /** Commits what waits, then closes. */
  close(): Promise<void>;
}
