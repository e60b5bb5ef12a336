import { errorTable } from '@mkiot/core/errors/mkiotError';

const denied = (message: string) => ({ status: 'PERMISSION_DENIED', blame: 'peer', message }) as const;

/** Why a device may not go through a gateway. The operator reads these; device and gateway learn that they may not. */
export const gatewayAccessError = errorTable({
  GATEWAY_UNKNOWN: denied('It names a gateway that its registry does not have.'),
  GATEWAY_DEVICE_UNKNOWN: denied('It acts for a device that its registry does not have.'),
  GATEWAY_NOT_ONE: denied('The device {gateway} is no gateway. Set its gatewayConfig.gatewayType to GATEWAY.'),
  GATEWAY_BLOCKED: denied('The gateway {gateway} is blocked.'),
  GATEWAY_DEVICE_BLOCKED: denied('It acts for the device {device}, which is blocked.'),
  GATEWAY_METHOD_UNSPECIFIED: denied('The gateway {gateway} has no gatewayAuthMethod, so no device may go through it.'),
  GATEWAY_DEVICE_TOKEN_NEEDED: denied(
    'The gateway {gateway} acts for the device {device} without its token, and its gatewayAuthMethod is {method}.',
  ),
  GATEWAY_DEVICE_TOKEN_MISSING: denied(
    'The gateway {gateway} attached the device {device} without a token of it, which its gatewayAuthMethod asks for.',
  ),
  GATEWAY_NOT_ATTACHABLE: denied('The device {device} is a gateway itself; it is not attached to {gateway}.'),
  GATEWAY_NOT_BOUND: denied(
    'The device {device} is not bound to the gateway {gateway}: "mkiot gateway bind {gateway} {device}".',
  ),
});
