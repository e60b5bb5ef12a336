import type { MkiotError } from '@mkiot/core/errors/mkiotError';

/** Where an event came from. */
export interface EventOrigin {
  readonly project: string;
  readonly location: string;
  readonly registry: string;
  readonly deviceId: string;
  readonly deviceNumId: number;
  /** The gateway it came through; absent: the device spoke for itself. */
  readonly gatewayId?: string;
  /** The device did not send it: it is the will that it left, published when it was gone. */
  readonly isWill?: true;
}

/** An origin as `encodeOrigin` makes it once a session: its bytes are copied into each record. */
export interface EncodedOrigin extends EventOrigin {
  readonly encoded: Uint8Array;
}

/** An event as it is read back. */
export interface LoggedEvent extends EventOrigin {
  /** Position in the log: starts at 1, grows by one an event, is never used twice. */
  readonly sequence: number;
  /** Wall clock of the server at receipt, milliseconds since 1970. It may jump: the order of events is by sequence. */
  readonly receivedAtMs: number;
  readonly subfolder: string;
  readonly payload: Uint8Array;
}

/** Some events in order, and where to go on: past them, and past what is lost to damage or retention. */
export interface EventPage {
  readonly events: readonly LoggedEvent[];
  readonly next: number;
}

/** Where a record lies on disk. */
export interface EventPlace {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Told the fate of appended events, once an event; one object a connection, so that an event costs no closure. All that a
 * commit brings is told in one turn of the event loop. Must not throw.
 */
export interface AppendObserver {
  /** The event appended with `tag` is on disk. Called in the order of appending. */
  committed(tag: number): void;
  /** It is not, and the log cannot say whether it ever will be. */
  failed(tag: number, error: unknown): void;
}

/** Append-only log of telemetry events. What `committed` names survives a power cut. */
export interface EventLog {
  /**
   * Takes a copy of `payload`. `observer` undefined: nobody waits (QoS 0).
   *
   * @throws `EVENT_TOO_LARGE` when no record can hold it; every other failure is told to the observer
   */
  append(
    origin: EncodedOrigin,
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
  /** Why events cannot be stored at the moment, or `undefined`. The log mends itself when the cause goes away. */
  readonly problem: MkiotError | undefined;
  /** Why it takes long to store events, or `undefined`. */
  readonly slowness: MkiotError | undefined;
  /** Bytes of events in memory that are not on disk yet. */
  readonly waitingBytes: number;
  /** Sequence of the last event on disk; 0 when there has been none. */
  readonly lastCommitted: number;
  /** Sequence of the oldest event that retention has left; `lastCommitted + 1` when there is none. */
  readonly firstKept: number;
  /**
   * Committed events from `sequence` on, or from `firstKept` if that is later: at most `limit`, and no more once they have
   * `maxBytes` of payload.
   */
  read(sequence: number, limit: number, maxBytes?: number): Promise<EventPage>;
  /** File and offset of a committed event; `undefined` when it is not kept, or lost. */
  locate(sequence: number): Promise<EventPlace | undefined>;
  /** Calls `listener` after each commit until the returned function is called. */
  onCommitted(listener: (lastCommitted: number) => void): () => void;
  /** Commits what waits, then closes. */
  close(): Promise<void>;
}
