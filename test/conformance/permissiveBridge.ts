import type { Clock } from '../../packages/core/src/clock/clock.ts';
import { systemClock } from '../../packages/core/src/clock/systemClock.ts';
import { REASON_CODES } from '../../packages/core/src/mqtt/reasonCodes.ts';
import type { BridgeHooks, LoginAttempt, LoginVerdict, Principal } from '../../packages/server/src/bridge/hooks.ts';
import { MqttBridge } from '../../packages/server/src/bridge/mqttBridge.ts';
import type { TopicContract } from '../../packages/server/src/bridge/topicContract.ts';
import { createLogger } from '../../packages/server/src/runtime/logger.ts';

export interface PermissiveBridgeOptions {
  readonly clock?: Clock;
  readonly log?: ReturnType<typeof createLogger>;
  /** Default: everybody. */
  readonly mayLogIn?: (clientId: string) => boolean;
}

/** Everybody may publish and subscribe to everything. The topic is the subfolder of the one kind. */
const ALL_TOPICS: TopicContract = {
  publishTopic: (_deviceId, topic) => ({ kind: 'any', subfolder: topic }),
  subscribeFilter: (_deviceId, filter) => (filter.startsWith('$share/') ? undefined : 'any'),
  deliveryTopic: (_deviceId, _kind, subfolder) => subfolder,
};

/**
 * The product's bridge with hooks that let everybody in, at every QoS: for conformance to MQTT alone. A message goes, as it
 * came, to all who have subscribed to anything; where nobody has, its PUBACK says so.
 */
export function permissiveBridge({
  clock = systemClock,
  log = createLogger({ level: 'silent', format: 'json' }, clock),
  mayLogIn = () => true,
}: PermissiveBridgeOptions = {}): MqttBridge<Principal> {
  const keys = new Map<string, number>();
  const hooks: BridgeHooks<Principal> = {
    authenticate: ({ clientId }: LoginAttempt): Promise<LoginVerdict<Principal>> => {
      if (!mayLogIn(clientId)) return Promise.resolve({ accepted: false, reason: 'it is not known' });
      const key = keys.get(clientId) ?? keys.size + 1;
      keys.set(clientId, key);
      const endReason = { code: 'NEVER', by: 'SERVER', message: 'never' } as const;
      return Promise.resolve({
        accepted: true,
        principal: { key, deviceId: clientId, credentialId: 0 },
        endsAtMs: Infinity,
        endReason,
      });
    },
    publishRoutes: [
      {
        kind: 'any',
        takesWills: true,
        publish: (_session, topic, payload, packetId, outcome, { qos, properties = {} } = { qos: 0 }) => {
          const { topicAlias: _ofTheConnection, ...ofTheMessage } = properties;
          const copy = new Uint8Array(payload);
          const subscribers = [...bridge.sessions()].filter((each) => each.subscriptionQos('any') !== undefined);
          for (const each of subscribers) {
            each.deliver('any', topic, copy, () => undefined, { qos, properties: ofTheMessage });
          }
          const { code } = REASON_CODES[subscribers.length > 0 ? 'SUCCESS' : 'NO_MATCHING_SUBSCRIBERS'];
          if (packetId !== undefined) outcome.accepted(packetId, code);
        },
      },
    ],
    subscribeRoutes: [{ kind: 'any', subscribed: () => undefined }],
    maximumQoS: () => 2,
    // No session is kept here so long that a will could wait in it.
    wills: { arePublished: () => true, principalOf: () => Promise.resolve(undefined) },
    backPressure: { saturated: false, onDrained: () => undefined },
    opened: () => undefined,
    renewed: () => undefined,
    heartbeat: () => undefined,
    closed: () => undefined,
    refused: () => undefined,
    dropped: () => undefined,
  };
  const bridge: MqttBridge<Principal> = new MqttBridge({ hooks, clock, log, topics: ALL_TOPICS });
  return bridge;
}
