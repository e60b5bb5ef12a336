import type { Clock } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';
import type { PublishOutcome, PublishRoute } from '../bridge/hooks.ts';
import type { DeviceActivities } from '../registry/activity.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { EVENT_NOT_STORED, eventTooLarge } from './eventCloseReasons.ts';
import type { AppendObserver, EncodedOrigin, EventLog } from './eventLog.ts';
import { encodeOrigin } from './segmentLog/originCodec.ts';

export interface EventTopicParts {
  readonly log: EventLog;
  readonly activities: Pick<DeviceActivities, 'mark'>;
  readonly clock: Clock;
}

/**
 * `/devices/{device}/events[/{subfolder}]` (IoT Core, 1.7): stored at both QoS; a PUBACK means that it is on disk. A will is
 * an event that says so, and no sign of life.
 */
export function eventsTopic({ log, activities, clock }: EventTopicParts): PublishRoute<DevicePrincipal> {
  const sources = new WeakMap<PublishOutcome, SessionSource>();
  return {
    kind: 'events',
    takesWills: true,
    publish(session, subfolder, payload, packetId, outcome, message) {
      if (payload.length > LIMITS.eventBytes) {
        outcome.refused(eventTooLarge(payload.length), packetId);
        return;
      }
      let source = sources.get(outcome);
      if (source === undefined) {
        source = new SessionSource(session.principal, outcome, message?.isWill);
        sources.set(outcome, source);
      }
      const receivedAtMs = clock.now();
      const observer = packetId === undefined ? undefined : source;
      log.append(source.origin, subfolder, payload, receivedAtMs, observer, packetId ?? 0);
      if (message?.isWill !== true) activities.mark(session.principal.key, 'event', receivedAtMs);
    },
  };
}

/** What the events of one session at one QoS have in common. Their tags are their packet identifiers. */
class SessionSource implements AppendObserver {
  readonly origin: EncodedOrigin;
  readonly #outcome: PublishOutcome;

  /** @param isWill what has this outcome is a will, and all alone */
  constructor(
    { registry, deviceId, key, gatewayId }: DevicePrincipal,
    outcome: PublishOutcome,
    isWill: true | undefined,
  ) {
    const { project, location, id } = registry;
    const device = { project, location, registry: id, deviceId, deviceNumId: key };
    const through = gatewayId === undefined ? {} : { gatewayId };
    this.origin = encodeOrigin({ ...device, ...through, ...(isWill === undefined ? {} : { isWill }) });
    this.#outcome = outcome;
  }

  committed(packetId: number): void {
    this.#outcome.accepted(packetId);
  }

  failed(packetId: number): void {
    this.#outcome.refused(EVENT_NOT_STORED, packetId);
  }
}
