import type { Clock } from '@mkiot/core/clock/clock';
import type { Principal, PublishRoute, Session } from '../bridge/hooks.ts';
import { Meters } from './meters.ts';
import type { QuotaExcesses } from './quotaExcesses.ts';
import type { QuotaName, QuotaNumbers } from './quotaTable.ts';
import { TokenBucket } from './tokenBucket.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const KIBIBYTE = 1_024;

/** Quotas of one kind of message, for all devices together. */
const OF_ALL: Readonly<Record<string, QuotaName>> = { events: 'eventsPerMinute', state: 'statesPerMinute' };

/**
 * The routes with the quotas before them; without a quota a route is itself, so that none costs nothing. A message above a
 * quota is not stored, gets no PUBACK and closes the connection. Counted by device and not by connection, or coming back
 * would start anew.
 */
export function withPublishQuotas<P extends Principal>(
  routes: readonly PublishRoute<P>[],
  numbers: QuotaNumbers,
  excesses: QuotaExcesses,
  clock: Clock,
): readonly PublishRoute<P>[] {
  const { deviceMessagesPerSecond, deviceKibibytesPerSecond } = numbers;
  const messages = deviceMessagesPerSecond > 0 && new Meters<number>(deviceMessagesPerSecond, SECOND_MS);
  const bytes = deviceKibibytesPerSecond > 0 && new Meters<number>(deviceKibibytesPerSecond * KIBIBYTE, SECOND_MS);
  return routes.map((route) => {
    const ofAll = OF_ALL[route.kind];
    const limit = ofAll === undefined ? 0 : numbers[ofAll];
    const all = limit > 0 && new TokenBucket(limit, MINUTE_MS, clock.monotonic());
    if (messages === false && bytes === false && all === false) return route;

    const exceeded = ({ principal }: Session<P>, length: number): QuotaName | undefined => {
      const nowMs = clock.monotonic();
      if (messages !== false && !messages.take(principal.key, 1, nowMs)) return 'deviceMessagesPerSecond';
      if (bytes !== false && !bytes.take(principal.key, length, nowMs)) return 'deviceKibibytesPerSecond';
      return all === false || all.take(1, nowMs) ? undefined : ofAll;
    };
    return {
      ...route,
      publish(session, subfolder, payload, packetId, outcome, message) {
        const name = exceeded(session, payload.length);
        if (name === undefined) route.publish(session, subfolder, payload, packetId, outcome, message);
        else outcome.refused(excesses.closeReason(name, session.principal.deviceId), packetId);
      },
    };
  });
}
