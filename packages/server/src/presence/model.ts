import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';

/** A session of a device, as it is remembered when it is over. Times are milliseconds since 1970. */
export interface SessionRecord {
  readonly epoch: number;
  readonly openedAtMs: number;
  readonly remoteAddress: string;
  readonly protocolLevel: ProtocolLevel;
  /** What the device promised in CONNECT; 0: nothing. */
  readonly keepAliveSeconds: number;
  /** When the last packet of the device arrived, whatever it was. */
  readonly lastHeardAtMs: number;
}

/** How a session ended. */
export interface SessionEnd {
  readonly epoch: number;
  readonly atMs: number;
  readonly code: string;
  readonly by: 'CLIENT' | 'SERVER';
  readonly message: string;
}

/**
 * The newest session of a device that is known, and the newest end. They need not be of one session: while a device is
 * connected, the end is that of a session before. Of each of the two the higher epoch holds, whatever order they come in;
 * so an old socket that closes late, or an end that is told twice, changes nothing.
 */
export interface Presence {
  readonly session?: SessionRecord;
  readonly end?: SessionEnd;
}

export function isConnected({ session, end }: Presence): boolean {
  return session !== undefined && (end === undefined || end.epoch < session.epoch);
}

/** What holds of `known` and `told`, which may be older, newer or the same. */
export function mergePresence(known: Presence, told: Presence): Presence {
  const session = newerSession(known.session, told.session);
  const end = newerEnd(known.end, told.end);
  return { ...(session && { session }), ...(end && { end }) };
}

/** Of one session the record that has heard more of the device. */
function newerSession(known: SessionRecord | undefined, told: SessionRecord | undefined): SessionRecord | undefined {
  if (known === undefined || told === undefined) return known ?? told;
  if (known.epoch !== told.epoch) return known.epoch > told.epoch ? known : told;
  return told.lastHeardAtMs > known.lastHeardAtMs ? told : known;
}

/** A session ends once: what was told first of it stands. */
function newerEnd(known: SessionEnd | undefined, told: SessionEnd | undefined): SessionEnd | undefined {
  if (known === undefined || told === undefined) return known ?? told;
  return told.epoch > known.epoch ? told : known;
}
