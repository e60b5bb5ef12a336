import { errorTable } from '@mkiot/core/errors/mkiotError';

/** Why a device may not log in, beside what core/jwt says of its token. The operator reads these, never the device. */
export const deviceLoginError = errorTable({
  CLIENT_ID_MALFORMED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message:
      'The MQTT client id is not projects/PROJECT/locations/LOCATION/registries/REGISTRY/devices/DEVICE, without a ' +
      'slash in front; it has {characters} characters.',
  },
  PROJECT_UNKNOWN: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'The client id names the project {found}, this installation is {expected}.',
  },
  LOGIN_REGISTRY_UNKNOWN: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'There is no registry {registry}.',
  },
  LOGIN_MQTT_DISABLED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'MQTT is disabled in the registry {registry}. Set its mqttEnabledState to MQTT_ENABLED to let devices in.',
  },
  LOGIN_DEVICE_UNKNOWN: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'There is no device {device}.',
  },
  LOGIN_DEVICE_BLOCKED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'The device {device} is blocked.',
  },
  LOGIN_NO_CREDENTIAL: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'The device has no public key. Add one to its credentials.',
  },
  LOGIN_CREDENTIALS_EXPIRED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'All public keys of the device ({expired}) have expired. Add a new one to its credentials.',
  },
  LOGIN_ALGORITHM_MISMATCH: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'The token is signed with {algorithm}, and no live public key of the device is for that ({live} live).',
  },
  LOGIN_SIGNATURE_WRONG: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message:
      'No live {algorithm} key of the device verifies the token ({tried} tried): it was signed with ' +
      'another private key, or changed on the way.',
  },
});
