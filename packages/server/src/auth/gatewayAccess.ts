import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { DeviceService } from '../registry/deviceService.ts';
import type { GatewayBindings } from '../registry/gatewayBindings.ts';
import { type DevicePrincipal, type DeviceAtLogin, registryNameOf } from '../registry/model.ts';
import { gatewayAccessError } from './gatewayAccessErrors.ts';

/** What a device needs to be attached to a gateway, beside what the gateway's method has asked of the binding. */
interface AttachmentTerms {
  readonly gatewayId: string;
  readonly needsToken: boolean;
}

/** Decides which devices go through which gateways (IoT Core, "Authentication method"; over HTTP a binding is always needed). */
export class GatewayAccess {
  readonly #devices: Pick<DeviceService, 'findDevice'>;
  readonly #bindings: Pick<GatewayBindings, 'has'>;

  constructor(devices: Pick<DeviceService, 'findDevice'>, bindings: Pick<GatewayBindings, 'has'>) {
    this.#devices = devices;
    this.#bindings = bindings;
  }

  /**
   * The device that `gateway`, which has shown its own token, acts for, or why it may not. A gateway that wants tokens of
   * its devices has none to show here.
   */
  async actingFor(gateway: DevicePrincipal, deviceId: string): Promise<DevicePrincipal | MkiotError> {
    const itself = this.#find(gateway, String(gateway.key));
    if (itself === undefined) return gatewayAccessError('GATEWAY_UNKNOWN');
    const device = this.#find(gateway, deviceId);
    if (device === undefined) return gatewayAccessError('GATEWAY_DEVICE_UNKNOWN');
    const ends = { gateway: itself.id, device: device.id };
    if (device.blocked) return gatewayAccessError('GATEWAY_DEVICE_BLOCKED', ends);
    const refusal = await this.#refusal(itself, device);
    if (refusal !== undefined) return refusal;
    const { gatewayAuthMethod: method } = itself;
    if (method !== 'ASSOCIATION_ONLY') return gatewayAccessError('GATEWAY_DEVICE_TOKEN_NEEDED', { ...ends, method });
    return actedFor(device, gateway);
  }

  /** The device, which has shown its own token, as one behind the gateway that it names, or why it may not be. */
  async goingThrough(device: DevicePrincipal, gatewayId: string): Promise<DevicePrincipal | MkiotError> {
    const gateway = this.#find(device, gatewayId);
    if (gateway === undefined) return gatewayAccessError('GATEWAY_UNKNOWN');
    if (gateway.blocked) return gatewayAccessError('GATEWAY_BLOCKED', { gateway: gateway.id });
    const refusal = await this.#refusal(gateway, { numId: device.key, id: device.deviceId });
    return refusal ?? { ...device, gatewayId: gateway.id };
  }

  /** What it takes to attach `device` to `gateway` over MQTT, or why it may not be. Whether it is blocked is not asked. */
  async attaching(gateway: DevicePrincipal, device: DeviceAtLogin | undefined): Promise<AttachmentTerms | MkiotError> {
    return this.#attachmentTerms(this.#find(gateway, String(gateway.key)), device);
  }

  /** Why a device that is attached may not be any more, if so. */
  async detaching(device: DevicePrincipal): Promise<MkiotError | undefined> {
    const gateway = this.#find(device, device.gatewayId ?? '');
    const terms = await this.#attachmentTerms(gateway, this.#find(device, String(device.key)));
    if (terms instanceof MkiotError) return terms;
    if (!terms.needsToken || device.isActedFor !== true) return undefined;
    const method = gateway?.gatewayAuthMethod ?? '';
    return gatewayAccessError('GATEWAY_DEVICE_TOKEN_NEEDED', {
      gateway: terms.gatewayId,
      device: device.deviceId,
      method,
    });
  }

  async #attachmentTerms(
    gateway: DeviceAtLogin | undefined,
    device: DeviceAtLogin | undefined,
  ): Promise<AttachmentTerms | MkiotError> {
    if (gateway === undefined) return gatewayAccessError('GATEWAY_UNKNOWN');
    if (device === undefined) return gatewayAccessError('GATEWAY_DEVICE_UNKNOWN');
    const { id: gatewayId, gatewayAuthMethod: method } = gateway;
    if (device.gatewayType === 'GATEWAY') {
      return gatewayAccessError('GATEWAY_NOT_ATTACHABLE', { gateway: gatewayId, device: device.id });
    }
    const refusal = await this.#refusal(gateway, device, method !== 'DEVICE_AUTH_TOKEN_ONLY');
    return refusal ?? { gatewayId, needsToken: method !== 'ASSOCIATION_ONLY' };
  }

  #find({ registry }: DevicePrincipal, device: string): DeviceAtLogin | undefined {
    return this.#devices.findDevice({ ...registryNameOf(registry), device });
  }

  async #refusal(
    gateway: DeviceAtLogin,
    device: Pick<DeviceAtLogin, 'numId' | 'id'>,
    needsBinding = true,
  ): Promise<MkiotError | undefined> {
    const ends = { gateway: gateway.id, device: device.id };
    if (gateway.gatewayType !== 'GATEWAY') return gatewayAccessError('GATEWAY_NOT_ONE', ends);
    if (gateway.gatewayAuthMethod === 'GATEWAY_AUTH_METHOD_UNSPECIFIED') {
      return gatewayAccessError('GATEWAY_METHOD_UNSPECIFIED', ends);
    }
    if (!needsBinding) return undefined;
    const isBound = await this.#bindings.has({ gatewayNumId: gateway.numId, deviceNumId: device.numId });
    return isBound ? undefined : gatewayAccessError('GATEWAY_NOT_BOUND', ends);
  }
}

/** The device as the principal of what a gateway does for it without its token. */
export function actedFor(
  { numId: key, id: deviceId, registry }: DeviceAtLogin,
  { deviceId: gatewayId, credentialId }: DevicePrincipal,
): DevicePrincipal {
  return { key, deviceId, registry, credentialId, gatewayId, isActedFor: true };
}
