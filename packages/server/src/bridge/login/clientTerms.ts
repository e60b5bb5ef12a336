import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import type { Properties } from '@mkiot/core/mqtt/properties';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { BridgeLimits } from '../bridgeLimits.ts';
import type { AuthenticationMethod, Principal } from '../hooks.ts';
import { SILENCE_PER_KEEP_ALIVE } from '../session/sessionTerms.ts';

/** What a client has asked for in its CONNECT. In MQTT 3.1.1 it cannot ask. */
export interface ClientTerms {
  readonly level: ProtocolLevel;
  /** QoS 1 messages that it takes without having acknowledged them, section 3.1.2.11.3. */
  readonly receiveMaximum: number;
  /** Longest packet that it takes, section 3.1.2.11.4. */
  readonly maximumPacketBytes: number;
  /** Whether it wants its session to outlive the connection: only then may its DISCONNECT say so (3.14.2.2.2). */
  readonly wantsSessionKept: boolean;
}

export const CLIENT_TERMS_4: ClientTerms = {
  level: 4,
  receiveMaximum: Infinity,
  maximumPacketBytes: Infinity,
  wantsSessionKept: false,
};

export function clientTerms({ protocolLevel, properties = {} }: ConnectPacket): ClientTerms {
  if (protocolLevel === 4) return CLIENT_TERMS_4;
  return {
    level: 5,
    receiveMaximum: properties.receiveMaximum ?? 0xffff,
    maximumPacketBytes: properties.maximumPacketSizeBytes ?? Infinity,
    wantsSessionKept: (properties.sessionExpiryIntervalSeconds ?? 0) > 0,
  };
}

/**
 * The reason code for a CONNECT of MQTT 5.0 that asks for what is not offered here, whoever sent it.
 *
 * @param method what is known here of the authentication method that it names
 */
export function connectRefusal(
  { clientId, will, properties }: ConnectPacket,
  method: AuthenticationMethod<Principal> | undefined,
): number | undefined {
  if (properties?.authenticationMethod !== method?.name) return REASON_CODES.BAD_AUTHENTICATION_METHOD.code;
  // A device has the name that its registry gave it: there is none to assign (3.1.3.1).
  if (clientId === '') return REASON_CODES.CLIENT_IDENTIFIER_NOT_VALID.code;
  if (will?.qos === 2) return REASON_CODES.QOS_NOT_SUPPORTED.code;
  return will?.retain === true ? REASON_CODES.RETAIN_NOT_SUPPORTED.code : undefined;
}

/** What an accepting CONNACK of MQTT 5.0 says about this server, section 3.2.2.3. */
export function connackProperties(connect: ConnectPacket, limits: BridgeLimits): Properties {
  const method = connect.properties?.authenticationMethod;
  const keptAliveSeconds = serverKeepAliveSeconds(connect.keepAliveSeconds, limits.idleMs);
  return {
    ...(clientTerms(connect).wantsSessionKept ? { sessionExpiryIntervalSeconds: 0 } : {}),
    receiveMaximum: limits.unsettledPublishes,
    maximumQoS: 1,
    retainAvailable: 0,
    maximumPacketSizeBytes: limits.packetBytes,
    topicAliasMaximum: limits.topicAliases,
    sharedSubscriptionAvailable: 0,
    // MQTT-4.12.0-5.
    ...(method === undefined ? {} : { authenticationMethod: method }),
    ...(keptAliveSeconds === connect.keepAliveSeconds ? {} : { serverKeepAliveSeconds: keptAliveSeconds }),
  };
}

/** The keep-alive that applies: no longer than the idle limit, and never off (3.2.2.3.14). */
function serverKeepAliveSeconds(wantedSeconds: number, idleMs: number): number {
  const longest = Math.floor(idleMs / 1_000 / SILENCE_PER_KEEP_ALIVE);
  return wantedSeconds === 0 ? longest : Math.min(wantedSeconds, longest);
}
