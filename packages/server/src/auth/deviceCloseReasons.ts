import type { CloseReason } from '../bridge/hooks.ts';

/** Why a session ends that began with a good login. Texts that IoT Core had are IoT Core's. */
export const DEVICE_CLOSE_REASONS = {
  tokenExpired: {
    code: 'TOKEN_EXPIRED',
    by: 'SERVER',
    status: 'UNAUTHENTICATED',
    message: 'SERVER: The authorization token expired.',
  },
  credentialExpired: {
    code: 'CREDENTIAL_EXPIRED',
    by: 'SERVER',
    status: 'UNAUTHENTICATED',
    message: 'SERVER: The public key that the device logged in with expired.',
  },
  sessionTooLong: {
    code: 'SESSION_TOO_LONG',
    by: 'SERVER',
    message: 'SERVER: The session reached the longest time that its registry allows.',
  },
  deviceBlocked: {
    code: 'DEVICE_BLOCKED',
    by: 'SERVER',
    status: 'PERMISSION_DENIED',
    message: 'SERVER: The device was blocked.',
    withdrawsWill: true,
  },
  deviceDeleted: {
    code: 'DEVICE_DELETED',
    by: 'SERVER',
    status: 'NOT_FOUND',
    message: 'SERVER: The device was deleted.',
    withdrawsWill: true,
  },
  credentialRemoved: {
    code: 'CREDENTIAL_REMOVED',
    by: 'SERVER',
    status: 'UNAUTHENTICATED',
    message: 'SERVER: The public key that the device logged in with was removed.',
    withdrawsWill: true,
  },
  deviceUnreadable: {
    code: 'DEVICE_UNREADABLE',
    by: 'SERVER',
    status: 'INTERNAL',
    message: 'SERVER: The device could not be looked up in the registry.',
    withdrawsWill: true,
  },
  renewalUnderWay: {
    code: 'RENEWAL_UNDER_WAY',
    by: 'SERVER',
    status: 'RESOURCE_EXHAUSTED',
    message: 'SERVER: The device published a token before the one before it was answered.',
  },
  mqttDisabled: {
    code: 'MQTT_DISABLED',
    by: 'SERVER',
    status: 'PERMISSION_DENIED',
    message: 'SERVER: MQTT was disabled in the registry of the device.',
    withdrawsWill: true,
  },
} as const satisfies Readonly<Record<string, CloseReason>>;
