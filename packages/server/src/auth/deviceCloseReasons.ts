import type { CloseReason } from '../bridge/hooks.ts';

const byServer = (code: string, message: string): CloseReason => ({ code, by: 'SERVER', message });

/** Why a session ends that began with a good login. Texts that IoT Core had are IoT Core's. */
export const DEVICE_CLOSE_REASONS = {
  tokenExpired: byServer('TOKEN_EXPIRED', 'SERVER: The authorization token expired.'),
  credentialExpired: byServer('CREDENTIAL_EXPIRED', 'SERVER: The public key that the device logged in with expired.'),
  sessionTooLong: byServer(
    'SESSION_TOO_LONG',
    'SERVER: The session reached the longest time that its registry allows.',
  ),
  deviceBlocked: byServer('DEVICE_BLOCKED', 'SERVER: The device was blocked.'),
  deviceDeleted: byServer('DEVICE_DELETED', 'SERVER: The device was deleted.'),
  credentialRemoved: byServer(
    'CREDENTIAL_REMOVED',
    'SERVER: The public key that the device logged in with was removed.',
  ),
  deviceUnreadable: byServer('DEVICE_UNREADABLE', 'SERVER: The device could not be looked up in the registry.'),
  mqttDisabled: byServer('MQTT_DISABLED', 'SERVER: MQTT was disabled in the registry of the device.'),
} as const;
