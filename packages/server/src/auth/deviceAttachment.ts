import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Clock } from '@mkiot/core/clock/clock';
import { parseAttachPayload } from '@mkiot/core/contract/attachPayload';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { GatewayHooks, LoginVerdict, Session } from '../bridge/hooks.ts';
import { type DevicePrincipal, registryNameOf } from '../registry/model.ts';
import { DEVICE_CLOSE_REASONS } from './deviceCloseReasons.ts';
import type { DeviceEntrance } from './deviceEntrance.ts';
import type { DeviceTokens } from './deviceTokens.ts';
import { actedFor, type GatewayAccess } from './gatewayAccess.ts';
import { gatewayAccessError } from './gatewayAccessErrors.ts';
import type { LoginVerdicts } from './loginVerdicts.ts';

export interface DeviceAttachmentParts {
  readonly access: Pick<GatewayAccess, 'attaching'>;
  readonly entrance: DeviceEntrance;
  readonly tokens: DeviceTokens;
  readonly verdicts: LoginVerdicts;
  readonly clock: Clock;
}

/**
 * Decides whether a device may be attached to a gateway (IoT Core, "Authentication method"). A token of the device is held to
 * the rules of a login; every refusal is a failed login of the device, with its reason for the operator alone.
 */
export class DeviceAttachment implements GatewayHooks<DevicePrincipal> {
  readonly #parts: DeviceAttachmentParts;

  constructor(parts: DeviceAttachmentParts) {
    this.#parts = parts;
  }

  isGateway({ isGateway }: DevicePrincipal): boolean {
    return isGateway === true;
  }

  async attach(
    { principal: gateway, remoteAddress }: Session<DevicePrincipal>,
    deviceId: string,
    payload: Uint8Array,
  ): Promise<LoginVerdict<DevicePrincipal>> {
    const { access, entrance, tokens, verdicts, clock } = this.#parts;
    const clientId = formatDeviceName({ ...registryNameOf(gateway.registry), device: deviceId });
    const attempt = { clientId, userName: undefined, password: undefined, remoteAddress };
    const entered = entrance.lookUp(clientId, 'MQTT');
    // Topics carry the id: under a numeric one the device would have two sets of them.
    const device = entered.device?.id === deviceId ? entered.device : undefined;
    const terms = await access.attaching(gateway, device);
    const refusal = terms instanceof MkiotError ? terms : entered.refusal;
    if (terms instanceof MkiotError || device === undefined || refusal !== undefined) {
      return verdicts.decide(attempt, device, refusal ?? gatewayAccessError('GATEWAY_DEVICE_UNKNOWN'));
    }
    if (!terms.needsToken) {
      const endReason = DEVICE_CLOSE_REASONS.sessionTooLong;
      return { accepted: true, principal: actedFor(device, gateway), endsAtMs: Number.POSITIVE_INFINITY, endReason };
    }
    const token = parseAttachPayload(payload);
    const login =
      token === undefined
        ? gatewayAccessError('GATEWAY_DEVICE_TOKEN_MISSING', { gateway: terms.gatewayId, device: deviceId })
        : await tokens.verify(utf8Encode(token), entered, clock.now());
    const verdict = verdicts.decide(attempt, device, login);
    if (!verdict.accepted) return verdict;
    return { ...verdict, principal: { ...verdict.principal, gatewayId: terms.gatewayId } };
  }
}
