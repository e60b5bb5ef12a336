import type { CloseReason, LoginTerms } from '../bridge/hooks.ts';
import type { CredentialRecord, DevicePrincipal, DeviceAtLogin } from '../registry/model.ts';
import { DEVICE_CLOSE_REASONS } from './deviceCloseReasons.ts';

/** A device that has shown that it is there now, and the credential that says so. */
export interface VerifiedLogin {
  readonly device: DeviceAtLogin;
  readonly credential: CredentialRecord;
  /** When what it has shown is worth nothing any more, milliseconds since 1970. What answers a nonce has no such end. */
  readonly tokenEndsAtMs: number;
}

/** A session never outlives the token (with the skew that let it in), its key, or what the registry allows. */
export function loginTerms(
  { device, credential, tokenEndsAtMs }: VerifiedLogin,
  nowMs: number,
): LoginTerms<DevicePrincipal> {
  const { expiresAtMs: keyEndsAtMs = Number.POSITIVE_INFINITY } = credential;
  const longestEndsAtMs = nowMs + device.registry.policy.maxSessionMs;
  const endsAtMs = Math.min(tokenEndsAtMs, keyEndsAtMs, longestEndsAtMs);
  const { tokenExpired, credentialExpired, sessionTooLong } = DEVICE_CLOSE_REASONS;
  let endReason: CloseReason = sessionTooLong;
  if (endsAtMs === tokenEndsAtMs) endReason = tokenExpired;
  else if (endsAtMs === keyEndsAtMs) endReason = credentialExpired;
  return { principal: principalOf(device, credential.id), endsAtMs, endReason };
}

/** The device that has shown one of its keys. */
export function principalOf(device: DeviceAtLogin, credentialId: number): DevicePrincipal {
  const { numId: key, id: deviceId, registry, gatewayType } = device;
  return { key, deviceId, registry, credentialId, isGateway: gatewayType === 'GATEWAY' };
}
