import type { DeviceDisconnect, DevicePresence, DeviceSession } from '@mkiot/core/api/resources';
import { formatDuration, formatTimestamp } from '../http/protoJson.ts';
import type { DevicePresences } from '../registry/deviceRoutes.ts';
import type { SessionEnd, SessionRecord } from './model.ts';
import type { PresenceNow, Presences } from './presences.ts';

/** What the registry shows of presence when devices are read. */
export function devicePresences(presences: Pick<Presences, 'read' | 'connected'>): DevicePresences {
  return {
    connected: () => presences.connected(),
    read: async (numIds) =>
      new Map(Array.from(await presences.read(numIds), ([numId, presence]) => [numId, devicePresence(presence)])),
  };
}

function devicePresence({ session, end, isConnected, expectedByMs }: PresenceNow): DevicePresence {
  const sinceMs = isConnected ? session?.openedAtMs : end?.atMs;
  return {
    connected: isConnected,
    ...(sinceMs === undefined ? {} : { sinceTime: formatTimestamp(sinceMs) }),
    ...(session && { session: deviceSession(session, expectedByMs) }),
    ...(end && { lastDisconnect: deviceDisconnect(end) }),
  };
}

function deviceSession(session: SessionRecord, expectedByMs: number | undefined): DeviceSession {
  return {
    epoch: String(session.epoch),
    connectTime: formatTimestamp(session.openedAtMs),
    remoteAddress: session.remoteAddress,
    protocolLevel: session.protocolLevel,
    keepAlive: formatDuration(session.keepAliveSeconds * 1_000),
    lastHeardTime: formatTimestamp(session.lastHeardAtMs),
    ...(expectedByMs === undefined ? {} : { expectedByTime: formatTimestamp(expectedByMs) }),
  };
}

function deviceDisconnect({ epoch, atMs, code, by, message }: SessionEnd): DeviceDisconnect {
  return { epoch: String(epoch), time: formatTimestamp(atMs), code, by, message };
}
