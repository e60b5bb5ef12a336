import type { Enrolment } from '@mkiot/core/api/clientProvisioning';
import { base64Encode } from '@mkiot/core/bytes/base64';
import type { Clock } from '@mkiot/core/clock/clock';
import { isResourceId } from '@mkiot/core/contract/ids';
import { LIMITS } from '@mkiot/core/contract/limits';
import { type DeviceName, formatDeviceName, parseDeviceName } from '@mkiot/core/contract/resourceNames';
import type { RandomFill, SigningKey } from '@mkiot/core/crypto/signatures';
import { webSha256 } from '@mkiot/core/crypto/webSha256';
import { encodeChallengeResponse } from '@mkiot/core/deviceLogin/challengeResponse';
import { encodeSignedBytes, type SigningPurpose } from '@mkiot/core/deviceLogin/signedBytes';
import { createJwt } from '@mkiot/core/jwt/createJwt';
import { encodeEnrolmentProof } from '@mkiot/core/provisioning/enrolmentTicket';
import { boardError } from './boardErrors.ts';
import type { ChannelBinding } from './connection/byteStream.ts';
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

  /** Whether the key can answer challenges: they are for P-256 alone. */
  get answersChallenges(): boolean {
    return this.#key.algorithm === 'ES256';
  }

  /** A token that is fresh by the device's clock: where that is wrong, the server refuses it. */
  createToken(clock: Clock): Promise<string> {
    const iat = Math.floor(clock.now() / 1000);
    const exp = iat + Math.floor(this.#tokenLifetimeMs / 1000);
    return createJwt({ aud: this.name.project, iat, exp }, this.#key);
  }

  /** A token that is fresh by something the server gave this device, a ticket or a challenge: no clock is asked. */
  createNonceToken(nonce: string): Promise<string> {
    return createJwt({ aud: this.name.project, nonce }, this.#key);
  }

  /** The answer to a challenge, for this connection alone if it can be told from others. */
  async answerChallenge(
    challenge: Uint8Array,
    purpose: SigningPurpose,
    { bridgeId, exporter }: ChannelBinding,
  ): Promise<Uint8Array> {
    const signed = encodeSignedBytes({ purpose, challenge, clientId: this.clientId, bridgeId, exporter });
    return encodeChallengeResponse({ bound: exporter !== undefined, signature: await this.#key.sign(signed) });
  }

  /** What the device sends with `ticket` to become one of its registry: its key, shown to be its own at this installation. */
  async enrol(ticket: string, mac: string | undefined, bridgeId: Uint8Array): Promise<Enrolment> {
    const proof = await this.#key.sign(await encodeEnrolmentProof(ticket, this.name, bridgeId, webSha256));
    const { publicKeyPem: publicKey } = this.#key;
    return { ticket, device: this.clientId, ...(mac && { mac }), publicKey, proof: base64Encode(proof) };
  }

  /**
   * Milliseconds after which a session should be renewed: before the server ends it, and not at the same moment as the other
   * devices that connected together.
   *
   * @param endsInMs what the server says; if it says nothing a token is as good as its life
   */
  renewAfterMs(random: RandomFill, endsInMs: number = this.#tokenLifetimeMs): number {
    return endsInMs * (0.8 + 0.15 * randomFraction(random));
  }
}
