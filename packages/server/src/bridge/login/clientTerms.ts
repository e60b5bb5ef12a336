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
  /** Messages at QoS 1 and 2 that it takes without having acknowledged them, section 3.1.2.11.3. */
  readonly receiveMaximum: number;
  /** Longest packet that it takes, section 3.1.2.11.4. */
  readonly maximumPacketBytes: number;
  /** Whether it wants to begin anew: Clean Start, in MQTT 3.1.1 Clean Session. */
  readonly isClean: boolean;
  /**
   * How long it wants its session to outlive the connection. Only if it does may its DISCONNECT say so (3.14.2.2.2). In
   * MQTT 3.1.1 that is for ever, unless the session is clean.
   */
  readonly sessionExpirySeconds: number;
}

/** Of a client that has not spoken yet. */
export const STRANGER_TERMS: ClientTerms = {
  level: 4,
  receiveMaximum: Infinity,
  maximumPacketBytes: Infinity,
  isClean: true,
  sessionExpirySeconds: 0,
};

/** What Session Expiry Interval says of a session that does not expire, section 3.1.2.11.2. */
const NEVER_SECONDS = 0xffff_ffff;

export function clientTerms({ protocolLevel, cleanSession, properties = {} }: ConnectPacket): ClientTerms {
  if (protocolLevel === 4) {
    return { ...STRANGER_TERMS, isClean: cleanSession, sessionExpirySeconds: cleanSession ? 0 : NEVER_SECONDS };
  }
  return {
    level: 5,
    receiveMaximum: properties.receiveMaximum ?? 0xffff,
    maximumPacketBytes: properties.maximumPacketSizeBytes ?? Infinity,
    isClean: cleanSession,
    sessionExpirySeconds: properties.sessionExpiryIntervalSeconds ?? 0,
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
  return will?.retain === true ? REASON_CODES.RETAIN_NOT_SUPPORTED.code : undefined;
}

/** How long the session of `client` will outlive its connection, in seconds. */
export function grantedExpirySeconds(client: ClientTerms, limits: BridgeLimits): number {
  return Math.min(client.sessionExpirySeconds, limits.sessionExpirySeconds);
}

/** What an accepting CONNACK of MQTT 5.0 says about this server, section 3.2.2.3. */
export function connackProperties(connect: ConnectPacket, limits: BridgeLimits, maximumQoS: 1 | 2): Properties {
  const method = connect.properties?.authenticationMethod;
  const client = clientTerms(connect);
  const expirySeconds = grantedExpirySeconds(client, limits);
  const keptAliveSeconds = serverKeepAliveSeconds(connect.keepAliveSeconds, limits.idleMs);
  return {
    ...(expirySeconds === client.sessionExpirySeconds ? {} : { sessionExpiryIntervalSeconds: expirySeconds }),
    receiveMaximum: limits.unsettledPublishes,
    // 2 is what is meant without a word; there is no value for it.
    ...(maximumQoS === 1 ? { maximumQoS } : {}),
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
