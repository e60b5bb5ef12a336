import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { AUTHENTICATION_METHOD } from '@mkiot/core/deviceLogin/challengeResponse';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { AnswerChallenge } from './enhancedAuthentication.ts';

/** How a device proves who it is: with a token, or at MQTT 5.0 by answering a challenge. */
export type LoginProof = { readonly token: string } | { readonly answerChallenge: AnswerChallenge };

export interface ConnectFields {
  readonly protocolLevel: ProtocolLevel;
  readonly clientId: string;
  readonly keepAliveMs: number;
  /** Longest packet that we take. */
  readonly maxPacketBytes: number;
  readonly proof: LoginProof;
}

/** The CONNECT of a device. What it must not lose it keeps itself, so every session is a clean one. */
export function connectPacket(fields: ConnectFields): ConnectPacket {
  const { protocolLevel, clientId, keepAliveMs, maxPacketBytes, proof } = fields;
  const common = {
    type: 'CONNECT',
    protocolLevel,
    clientId,
    cleanSession: true,
    keepAliveSeconds: Math.ceil(keepAliveMs / 1_000),
    will: undefined,
    // Never looked at, but MQTT 3.1.1 has no password without it (MQTT-3.1.2-22).
    userName: 'token' in proof ? 'unused' : undefined,
    password: 'token' in proof ? utf8Encode(proof.token) : undefined,
  } as const;
  if (protocolLevel === 4) return common;
  const method = 'token' in proof ? {} : { authenticationMethod: AUTHENTICATION_METHOD };
  return {
    ...common,
    properties: { sessionExpiryIntervalSeconds: 0, maximumPacketSizeBytes: maxPacketBytes, ...method },
  };
}
