import type { Clock } from '@mkiot/core/clock/clock';
import { STATUSES } from '@mkiot/core/errors/status';
import type { BridgeHooks } from '../bridge/hooks.ts';
import type { HttpBridgeHooks } from '../httpBridge/hooks.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { deviceConfig } from '../twin/resources.ts';
import type { Slices } from './slices.ts';

/** What the HTTP bridge asks and tells: as far as it can be, what the MQTT bridge asks and tells. */
export function httpBridgeHooks(
  { activities, configs, deviceLogin }: Slices,
  bridgeHooks: BridgeHooks<DevicePrincipal>,
  clock: Clock,
): HttpBridgeHooks<DevicePrincipal> {
  return {
    authenticate: (attempt) => deviceLogin.login.authenticate(attempt, 'HTTP'),
    publishRoutes: bridgeHooks.publishRoutes,
    backPressure: bridgeHooks.backPressure,
    refused: (...refusal) => bridgeHooks.refused(...refusal),
    async configOf({ key }) {
      const config = await configs.configOf(key);
      return config && deviceConfig(config);
    },
    configSent: ({ key }) => activities.mark(key, 'configSend', clock.now()),
    failed({ key }, { status, message }) {
      if (status === undefined) return;
      activities.markError(key, { code: STATUSES[status].number, message }, clock.now());
    },
  };
}
