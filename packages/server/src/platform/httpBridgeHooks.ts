import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { type Status, STATUSES } from '@mkiot/core/errors/status';
import type { BridgeHooks } from '../bridge/hooks.ts';
import type { HttpBridgeHooks } from '../httpBridge/hooks.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { deviceConfig } from '../twin/resources.ts';
import type { DeviceHookParts } from './deviceHooks.ts';

/** What the HTTP bridge asks and tells: as far as it can be, what the MQTT bridge asks and tells. */
export function httpBridgeHooks(
  bridgeHooks: BridgeHooks<DevicePrincipal>,
  { slices, quotas, refusalPauses, clock, logger }: DeviceHookParts,
): HttpBridgeHooks<DevicePrincipal> {
  const { activities, bans, configs, deviceLogin, gatewayAccess } = slices;
  const markError = ({ key }: DevicePrincipal, status: Status, message: string): void =>
    activities.markError(key, { code: STATUSES[status].number, message }, clock.now());
  return {
    async authenticate(attempt) {
      const verdict = await refusalPauses.before(attempt, await deviceLogin.login.authenticate(attempt, 'HTTP'));
      if (!verdict.accepted) return verdict;
      bans.seen(attempt.remoteAddress);
      const refusal = quotas.refusalByHttp(verdict.principal);
      if (refusal === undefined) return verdict;
      markError(verdict.principal, refusal.status, refusal.message);
      throw refusal;
    },
    publishRoutes: bridgeHooks.publishRoutes,
    backPressure: bridgeHooks.backPressure,
    refused: (...refusal) => bridgeHooks.refused(...refusal),
    async throughGateway(caller, gatewayInfo) {
      const device =
        'gatewayId' in gatewayInfo
          ? await gatewayAccess.goingThrough(caller, gatewayInfo.gatewayId)
          : await gatewayAccess.actingFor(caller, gatewayInfo.delegatedDeviceId);
      if (!(device instanceof MkiotError)) {
        if (device.gatewayId !== undefined) activities.markGateway(device.key, device.gatewayId, clock.now());
        return device;
      }
      markError(caller, device.status, device.message);
      logger.warn({ device: caller.deviceId, deviceNumId: caller.key, code: device.code }, device.message);
      return undefined;
    },
    async configOf({ key }) {
      const config = await configs.configOf(key);
      return config && deviceConfig(config);
    },
    configSent: ({ key }) => activities.mark(key, 'configSend', clock.now()),
    failed(principal, { status, message }) {
      if (status !== undefined) markError(principal, status, message);
    },
  };
}
