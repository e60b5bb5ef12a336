import type { DeviceConfig } from '@mkiot/core/api/resources';
import type { BridgeHooks, CloseReason, Principal } from '../bridge/hooks.ts';

/** The domain behind the HTTP bridge: where it can be, the same as behind the MQTT bridge. */
export interface HttpBridgeHooks<P extends Principal> extends Pick<
  BridgeHooks<P>,
  'authenticate' | 'publishRoutes' | 'backPressure' | 'refused'
> {
  /** The config that the device is to have; `undefined` when the device is gone. */
  configOf(principal: P): Promise<DeviceConfig | undefined>;
  /** The device has been answered with its config. */
  configSent(principal: P): void;
  /** A message of a device that is who it says was not taken; over MQTT its connection would have been closed. */
  failed(principal: P, reason: CloseReason): void;
}
