import type { Clock } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';
import { formatDeviceName, formatRegistryName, parseDeviceName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { JwtClaims } from '@mkiot/core/jwt/jwtClaims';
import type { CloseReason, LoginAttempt, LoginVerdict } from '../bridge/hooks.ts';
import type { DeviceService } from '../registry/deviceService.ts';
import type { DevicePrincipal, DeviceRecord, RegistryRecord } from '../registry/model.ts';
import type { RegistryService } from '../registry/registryService.ts';
import { claimedName } from './claimedName.ts';
import { DEVICE_CLOSE_REASONS } from './deviceCloseReasons.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';
import type { DeviceLoginFailures } from './deviceLoginFailures.ts';
import type { DeviceTokens, VerifiedToken } from './deviceTokens.ts';

export interface DeviceLoginParts {
  /** The one project of this installation. */
  readonly project: string;
  readonly registries: Pick<RegistryService, 'find'>;
  readonly devices: Pick<DeviceService, 'findDevice'>;
  readonly tokens: DeviceTokens;
  readonly failures: DeviceLoginFailures;
  readonly clock: Clock;
}

/** By what a device comes in; a registry can shut each. */
export type DeviceProtocol = 'MQTT' | 'HTTP';

/** The device that a client id names, or why nobody may come in under it. */
type Entrance =
  | { readonly device: DeviceRecord; readonly refusal?: undefined }
  | { readonly device?: DeviceRecord | undefined; readonly refusal: MkiotError };

interface SessionEnd {
  readonly endsAtMs: number;
  readonly endReason: CloseReason;
}

const NO_PASSWORD = new Uint8Array(0);

/**
 * Decides who a CONNECT packet or an HTTP call comes from, in the order client id, project, registry, device, token. The device learns
 * nothing of the reason: an outsider must not be able to tell an unknown device from a wrong key.
 */
export class DeviceLogin {
  readonly #parts: DeviceLoginParts;

  constructor(parts: DeviceLoginParts) {
    this.#parts = parts;
  }

  async authenticate(attempt: LoginAttempt, protocol: DeviceProtocol = 'MQTT'): Promise<LoginVerdict<DevicePrincipal>> {
    const { device, refusal } = await this.#lookUp(attempt.clientId, protocol);
    const nowMs = this.#parts.clock.now();
    const verified = this.#parts.tokens.verify(attempt.password ?? NO_PASSWORD, refusal ?? device, nowMs);
    if (verified instanceof MkiotError) {
      this.#parts.failures.record(attempt, device, verified);
      return { accepted: false, reason: `${verified.code}: ${verified.message}` };
    }
    return { accepted: true, principal: principalOf(verified), ...sessionEnd(verified, nowMs) };
  }

  async #lookUp(clientId: string, protocol: DeviceProtocol): Promise<Entrance> {
    const name = parseDeviceName(clientId);
    if (name === undefined) {
      return { refusal: deviceLoginError('LOGIN_CLIENT_ID_MALFORMED', { characters: clientId.length }) };
    }
    const { project, registries, devices } = this.#parts;
    if (name.project !== project) {
      return { refusal: deviceLoginError('LOGIN_PROJECT_UNKNOWN', { found: name.project, expected: project }) };
    }
    const device = await devices.findDevice(name);
    // Asked only to tell the operator; it takes about as long as the keys of a device that is there.
    const registry = device?.registry ?? (await registries.find(name));
    const known = device === undefined ? claimedName(name) : name;
    const context = { registry: formatRegistryName(known), device: formatDeviceName(known) };
    if (registry === undefined) return { refusal: deviceLoginError('LOGIN_REGISTRY_UNKNOWN', context) };
    if (isShut(registry, protocol)) {
      return { device, refusal: deviceLoginError(`LOGIN_${protocol}_DISABLED`, context) };
    }
    if (device === undefined) return { refusal: deviceLoginError('LOGIN_DEVICE_UNKNOWN', context) };
    return device.blocked ? { device, refusal: deviceLoginError('LOGIN_DEVICE_BLOCKED', context) } : { device };
  }
}

function isShut({ mqttState, httpState }: RegistryRecord, protocol: DeviceProtocol): boolean {
  return protocol === 'MQTT' ? mqttState === 'MQTT_DISABLED' : httpState === 'HTTP_DISABLED';
}

function principalOf({ device, credential }: VerifiedToken): DevicePrincipal {
  return { key: device.numId, deviceId: device.id, registry: device.registry, credentialId: credential.id };
}

/**
 * A session never outlives its token (with the skew that let it in), its key, or what the registry allows. A token with a
 * nonce has no end of its own.
 */
function sessionEnd({ device, credential, claims }: VerifiedToken, nowMs: number): SessionEnd {
  const ends: readonly SessionEnd[] = [
    { endsAtMs: tokenEndMs(claims), endReason: DEVICE_CLOSE_REASONS.tokenExpired },
    { endsAtMs: credential.expiresAtMs ?? Number.POSITIVE_INFINITY, endReason: DEVICE_CLOSE_REASONS.credentialExpired },
    { endsAtMs: nowMs + device.registry.policy.maxSessionMs, endReason: DEVICE_CLOSE_REASONS.sessionTooLong },
  ];
  return ends.reduce((first, end) => (end.endsAtMs < first.endsAtMs ? end : first));
}

function tokenEndMs(claims: JwtClaims): number {
  return claims.nonce === undefined ? claims.exp * 1000 + LIMITS.tokenSkewMs : Number.POSITIVE_INFINITY;
}
