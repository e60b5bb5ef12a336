import type { DeviceConfig } from '@mkiot/core/api/resources';
import type { BridgeHooks, CloseReason, Principal } from '../bridge/hooks.ts';

/** `google.cloud.iot.v1.GatewayInfo`: the caller is a device that goes through a gateway, or a gateway that acts for a device. */
export type GatewayInfo = { readonly gatewayId: string } | { readonly delegatedDeviceId: string };

/** The domain behind the HTTP bridge: where it can be, the same as behind the MQTT bridge. */
export interface HttpBridgeHooks<P extends Principal> extends Pick<
  BridgeHooks<P>,
  'authenticate' | 'publishRoutes' | 'backPressure' | 'refused'
> {
  /**
   * The device whose message this is, by what the device that calls says of the gateway between; `undefined` when the two
   * may not, of which the operator has been told.
   */
  throughGateway(caller: P, gatewayInfo: GatewayInfo): Promise<P | undefined>;
  /** The config that the device is to have; `undefined` when the device is gone. */
  configOf(principal: P): Promise<DeviceConfig | undefined>;
  /** The device has been answered with its config. */
  configSent(principal: P): void;
  /** A message of a device that is who it says was not taken; over MQTT its connection would have been closed. */
  failed(principal: P, reason: CloseReason): void;
}
