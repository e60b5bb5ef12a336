import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { DeviceService } from '../registry/deviceService.ts';
import type { GatewayBindings } from '../registry/gatewayBindings.ts';
import { type DevicePrincipal, type DeviceRecord, registryNameOf } from '../registry/model.ts';
import { gatewayAccessError } from './gatewayAccessErrors.ts';

/** Decides which devices go through which gateways for one message (IoT Core, 1.12; over HTTP a binding is always needed). */
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
    const itself = await this.#find(gateway, String(gateway.key));
    if (itself === undefined) return gatewayAccessError('GATEWAY_UNKNOWN');
    const device = await this.#find(gateway, deviceId);
    if (device === undefined) return gatewayAccessError('GATEWAY_DEVICE_UNKNOWN');
    const ends = { gateway: itself.id, device: device.id };
    if (device.blocked) return gatewayAccessError('GATEWAY_DEVICE_BLOCKED', ends);
    const refusal = await this.#refusal(itself, device);
    if (refusal !== undefined) return refusal;
    const { gatewayAuthMethod: method } = itself;
    if (method !== 'ASSOCIATION_ONLY') return gatewayAccessError('GATEWAY_DEVICE_TOKEN_NEEDED', { ...ends, method });
    const { numId: key, id, registry } = device;
    return { key, deviceId: id, registry, credentialId: gateway.credentialId, gatewayId: itself.id };
  }

  /** The device, which has shown its own token, as one behind the gateway that it names, or why it may not be. */
  async goingThrough(device: DevicePrincipal, gatewayId: string): Promise<DevicePrincipal | MkiotError> {
    const gateway = await this.#find(device, gatewayId);
    if (gateway === undefined) return gatewayAccessError('GATEWAY_UNKNOWN');
    if (gateway.blocked) return gatewayAccessError('GATEWAY_BLOCKED', { gateway: gateway.id });
    const refusal = await this.#refusal(gateway, { numId: device.key, id: device.deviceId });
    return refusal ?? { ...device, gatewayId: gateway.id };
  }

  #find({ registry }: DevicePrincipal, device: string): Promise<DeviceRecord | undefined> {
    return this.#devices.findDevice({ ...registryNameOf(registry), device });
  }

  async #refusal(gateway: DeviceRecord, device: Pick<DeviceRecord, 'numId' | 'id'>): Promise<MkiotError | undefined> {
    const ends = { gateway: gateway.id, device: device.id };
    if (gateway.gatewayType !== 'GATEWAY') return gatewayAccessError('GATEWAY_NOT_ONE', ends);
    if (gateway.gatewayAuthMethod === 'GATEWAY_AUTH_METHOD_UNSPECIFIED') {
      return gatewayAccessError('GATEWAY_METHOD_UNSPECIFIED', ends);
    }
    const isBound = await this.#bindings.has({ gatewayNumId: gateway.numId, deviceNumId: device.numId });
    return isBound ? undefined : gatewayAccessError('GATEWAY_NOT_BOUND', ends);
  }
}
