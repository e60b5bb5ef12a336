import type { Clock, Timer } from '@mkiot/core/clock/clock';
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CloseReason, DeviceLink, Session } from '../bridge/hooks.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import type { Database } from '../store/database.ts';
import { WriteBehind } from '../store/writeBehind.ts';
import { isConnected, mergePresence, type Presence, type SessionRecord } from './model.ts';
import { endOpenSessions, readPresences, storePresences } from './presenceStore.ts';

export interface PresencesParts {
  readonly database: Database;
  readonly link: DeviceLink<DevicePrincipal>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
}

/** The presence of a device at this moment. */
export interface PresenceNow extends Presence {
  readonly isConnected: boolean;
  /** The session ends then, unless the device is heard before. Only while it is connected. */
  readonly expectedByMs?: number;
}

/** How long a power cut may make a device look unconnected that had just come. */
const WRITE_MS = 1_000;
/** How much earlier than it was a device may seem to have been heard last after a power cut. */
const CHECKPOINT_MS = 60_000;
const SESSIONS_A_TURN = 1_000;

const PLATFORM_STOPPED = {
  code: 'PLATFORM_STOPPED',
  by: 'SERVER',
  message: 'SERVER: The platform stopped without ending the connection: a crash, a kill or a power cut.',
} as const;

/**
 * Whether devices are connected, and how their last session ended. What is open is asked of the bridge; what has been is
 * kept in the database, written behind. All of it goes by session epoch.
 */
export class Presences {
  readonly #parts: PresencesParts;
  readonly #facts: WriteBehind<Presence>;
  #timer: Timer | undefined;
  #checkpointing: Promise<void> = Promise.resolve();
  #checkpointAtMs = 0;
  #isClosed = false;

  constructor(parts: PresencesParts) {
    const { database, clock, logger } = parts;
    this.#parts = parts;
    this.#facts = new WriteBehind({
      clock,
      intervalMs: WRITE_MS,
      write: (batch) => database.transaction((executor) => storePresences(executor, batch)),
      onFailed: (error) =>
        logger.error({ err: error }, 'the presence of devices could not be written; it is kept for the next try'),
    });
  }

  /** Ends on paper what an earlier run left open. To be called before devices are let in. */
  async start(): Promise<void> {
    const { database, logger } = this.#parts;
    const left = await endOpenSessions(database.executor, PLATFORM_STOPPED);
    if (left > 0) logger.warn({ devices: left }, 'devices were connected when the platform stopped without a goodbye');
    this.#setTimer();
  }

  opened(session: Session<DevicePrincipal>): void {
    this.#tell(session.principal.key, { session: recordOf(session) });
  }

  closed(session: Session<DevicePrincipal>, { code, by, message }: CloseReason): void {
    const end = { epoch: session.epoch, atMs: this.#parts.clock.now(), code, by, message };
    this.#tell(session.principal.key, { session: recordOf(session), end });
  }

  /** The presence of each of the devices, as of now. */
  async read(numIds: readonly number[]): Promise<ReadonlyMap<number, PresenceNow>> {
    const { database, link } = this.#parts;
    const stored = (keys: readonly number[]) => readPresences(database.executor, keys);
    const known = await this.#facts.readThrough(numIds, stored, mergePresence);
    return new Map(numIds.map((numId) => [numId, presenceNow(known.get(numId) ?? {}, link.session(numId))]));
  }

  /** The numeric ids of the devices that are connected now. */
  connected(): readonly number[] {
    return Array.from(this.#parts.link.sessions(), ({ principal }) => principal.key);
  }

  /** Writes what waits. Before that no more sessions may be open. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#checkpointing;
    await this.#facts.close();
  }

  #tell(numId: number, told: Presence): void {
    const known = this.#facts.unwritten(numId);
    const { session, end } = mergePresence(known, told);
    if (session !== known.session) this.#facts.note(numId, 'session', session);
    if (end !== known.end) this.#facts.note(numId, 'end', end);
  }

  #setTimer(): void {
    if (this.#isClosed) return;
    this.#timer = this.#parts.clock.setTimer(CHECKPOINT_MS, () => {
      this.#checkpointing = this.#checkpoint().then(() => this.#setTimer());
    });
  }

  /** Notes when the devices were heard last that have been heard since the checkpoint before. */
  async #checkpoint(): Promise<void> {
    const beforeMs = this.#checkpointAtMs;
    this.#checkpointAtMs = this.#parts.clock.now();
    let count = 0;
    for (const session of this.#parts.link.sessions()) {
      if (session.lastHeardAtMs >= beforeMs) this.#tell(session.principal.key, { session: recordOf(session) });
      // Devices come first.
      if (++count % SESSIONS_A_TURN === 0) await setImmediate();
    }
  }
}

function presenceNow(known: Presence, open: Session<DevicePrincipal> | undefined): PresenceNow {
  if (open === undefined) return { ...known, isConnected: isConnected(known) };
  const session = recordOf(open);
  return { ...known, session, isConnected: isConnected({ ...known, session }), expectedByMs: open.expectedByMs };
}

function recordOf(session: Session<DevicePrincipal>): SessionRecord {
  const { epoch, openedAtMs, remoteAddress, protocolLevel, keepAliveSeconds, lastHeardAtMs } = session;
  return { epoch, openedAtMs, remoteAddress, protocolLevel, keepAliveSeconds, lastHeardAtMs };
}
