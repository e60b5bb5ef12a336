import { errorTable } from '@mkiot/core/errors/mkiotError';

export const httpBridgeError = errorTable({
  DEVICE_REFUSED: {
    status: 'UNAUTHENTICATED',
    blame: 'caller',
    message:
      'The call is not accepted. It needs "Authorization: Bearer TOKEN" with a token that a live key of this device has ' +
      "signed, and a registry that lets devices in by HTTP. The server's log has the reason.",
  },
  SUBFOLDER_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The subFolder is none: it has at most {max} bytes of letters, digits and -._+~% in levels with "/" between, and ' +
      'begins with a letter.',
  },
  GATEWAY_REFUSED: {
    status: 'PERMISSION_DENIED',
    blame: 'caller',
    message:
      'Gateway and device may not go together. Over HTTP the device is bound to the gateway, neither is blocked, and a ' +
      "gateway acts for a device only with the method ASSOCIATION_ONLY. The server's log has the reason.",
  },
  GATEWAY_INFO_AMBIGUOUS: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'A gatewayInfo has a gatewayId, when a device calls, or a delegatedDeviceId, when a gateway does; not both.',
  },
  LOCAL_VERSION_TOO_LARGE: {
    status: 'OUT_OF_RANGE',
    blame: 'caller',
    message: 'The localVersion is {localVersion}, and the newest config of the device has version {version}.',
  },
  BRIDGE_SATURATED: {
    status: 'UNAVAILABLE',
    blame: 'us',
    message: 'More waits for the disk of the server than it may keep in memory. Send it again in a second or later.',
  },
});
