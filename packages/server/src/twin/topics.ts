import type { Clock } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';
import type { PublishRoute, SubscribeRoute } from '../bridge/hooks.ts';
import type { DeviceActivities } from '../registry/activity.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import type { ConfigDelivery } from './configDelivery.ts';
import { stateTooLarge, stateTooOften } from './stateCloseReasons.ts';
import type { StateRate } from './stateRate.ts';
import type { StateWriter } from './stateWriter.ts';

export interface StateTopicParts {
  readonly writer: StateWriter;
  readonly rate: StateRate;
  readonly activities: Pick<DeviceActivities, 'mark'>;
  readonly clock: Clock;
}

/** `/devices/{device}/state` (IoT Core, 1.9): stored at both QoS; a PUBACK means that it is on disk. */
export function stateTopic({ writer, rate, activities, clock }: StateTopicParts): PublishRoute<DevicePrincipal> {
  return {
    kind: 'state',
    publish(session, _subfolder, payload, packetId, outcome) {
      const { key: numId, registry } = session.principal;
      if (payload.length > LIMITS.stateBytes) {
        outcome.refused(stateTooLarge(payload.length), packetId);
        return;
      }
      if (!rate.allows(numId, registry.policy.strictStateRate)) {
        outcome.refused(stateTooOften(numId), packetId);
        return;
      }
      const receivedAtMs = clock.now();
      writer.write(numId, payload, receivedAtMs, (refusal) => {
        if (refusal !== undefined) {
          outcome.refused(refusal, packetId);
          return;
        }
        activities.mark(numId, 'state', receivedAtMs);
        if (packetId !== undefined) outcome.accepted(packetId);
      });
    },
  };
}

/** `/devices/{device}/config`: what is to be sent is sent at every subscribe, and when a kept session is resumed. */
export function configTopic(delivery: ConfigDelivery): SubscribeRoute<DevicePrincipal> {
  return {
    kind: 'config',
    subscribed: (session) => void delivery.subscribed(session),
    resumed: (session, pending) => void delivery.resumed(session, pending),
    settled: (session, version, delivered) => delivery.settled(session, version, delivered),
  };
}

/** `/devices/{device}/commands/#`: commands look for the subscription when there are any. */
export const commandsTopic: SubscribeRoute<DevicePrincipal> = { kind: 'commands', subscribed: () => undefined };
