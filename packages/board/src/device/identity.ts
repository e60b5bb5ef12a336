import type { Clock } from '@mkiot/core/clock/clock';
import { isResourceId } from '@mkiot/core/contract/ids';
import { LIMITS } from '@mkiot/core/contract/limits';
import { type DeviceName, formatDeviceName, parseDeviceName } from '@mkiot/core/contract/resourceNames';
import type { RandomFill, SigningKey } from '@mkiot/core/crypto/signatures';
import { createJwt } from '@mkiot/core/jwt/createJwt';
import { boardError } from './boardErrors.ts';
import { randomFraction } from './randomFraction.ts';

/** How long a token lives when nobody says: long enough to be rare, short enough to be worth little to a thief. */
export const TOKEN_LIFETIME_MS = 3_600_000;

/** The parts of `projects/…/devices/{id}`. Throws `DEVICE_NAME_INVALID`. */
export function readDeviceName(name: string): DeviceName {
  const parsed = parseDeviceName(name);
  // The topics carry the id, and nothing tells a device its id when all it knows is its number.
  if (parsed === undefined || !isResourceId(parsed.device)) {
    const form = 'projects/PROJECT/locations/LOCATION/registries/REGISTRY/devices/DEVICE';
    throw boardError('DEVICE_NAME_INVALID', { name: name.slice(0, 256), form });
  }
  return parsed;
}

/** Who a device is, and how it proves it. */
export class DeviceIdentity {
  readonly name: DeviceName;
  readonly #key: SigningKey;
  readonly #tokenLifetimeMs: number;

  /**
   * @param name `projects/…/devices/{id}`. Throws `DEVICE_NAME_INVALID`
   * @param tokenLifetimeMs whole seconds count; the registry may allow less than its 24 hours. Throws
   *   `TOKEN_LIFETIME_INVALID`
   */
  constructor(name: string, key: SigningKey, tokenLifetimeMs: number = TOKEN_LIFETIME_MS) {
    if (!(tokenLifetimeMs >= 1_000 && tokenLifetimeMs <= LIMITS.tokenLifetimeMs)) {
      throw boardError('TOKEN_LIFETIME_INVALID', { tokenLifetimeMs });
    }
    this.name = readDeviceName(name);
    this.#key = key;
    this.#tokenLifetimeMs = tokenLifetimeMs;
  }

  /** The MQTT client identifier: the device's full name. */
  get clientId(): string {
    return formatDeviceName(this.name);
  }

  /** The password of one CONNECT. A wrong clock shows here and nowhere else: the server refuses the token. */
  createToken(clock: Clock): Promise<string> {
    const iat = Math.floor(clock.now() / 1000);
    const exp = iat + Math.floor(this.#tokenLifetimeMs / 1000);
    return createJwt({ aud: this.name.project, iat, exp }, this.#key);
  }

  /**
   * Milliseconds after which a session should be renewed with a new token: before the server ends it, and not at the same
   * moment as the other devices that connected together.
   */
  renewAfterMs(random: RandomFill): number {
    return this.#tokenLifetimeMs * (0.8 + 0.15 * randomFraction(random));
  }
}
