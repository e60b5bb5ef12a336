import { type LoginProperties, readLoginProperties } from '@mkiot/core/deviceLogin/loginProperties';
import type { ConnackPacket } from '@mkiot/core/mqtt/connack';

/** What the server has said for this connection in its CONNACK (MQTT 5.0, section 3.2.2.3); MQTT 3.1.1 says nothing. */
export interface ServerTerms {
  /** How many PUBLISH packets it takes unacknowledged. */
  readonly receiveMaximum: number;
  /** Longest packet that it takes. */
  readonly maximumPacketSizeBytes: number;
  readonly topicAliasMaximum: number;
  /** The keep-alive that counts instead of ours. */
  readonly serverKeepAliveMs: number | undefined;
  readonly login: LoginProperties;
}

/** The terms of a server that has not said any. */
export const NO_TERMS: ServerTerms = {
  receiveMaximum: 65_535,
  maximumPacketSizeBytes: Infinity,
  topicAliasMaximum: 0,
  serverKeepAliveMs: undefined,
  login: {},
};

export function readServerTerms({ properties }: ConnackPacket): ServerTerms {
  if (properties === undefined) return NO_TERMS;
  const { receiveMaximum, maximumPacketSizeBytes, topicAliasMaximum, serverKeepAliveSeconds, userProperties } =
    properties;
  return {
    receiveMaximum: receiveMaximum ?? NO_TERMS.receiveMaximum,
    maximumPacketSizeBytes: maximumPacketSizeBytes ?? NO_TERMS.maximumPacketSizeBytes,
    topicAliasMaximum: topicAliasMaximum ?? NO_TERMS.topicAliasMaximum,
    serverKeepAliveMs: serverKeepAliveSeconds === undefined ? undefined : serverKeepAliveSeconds * 1_000,
    login: readLoginProperties(userProperties),
  };
}
