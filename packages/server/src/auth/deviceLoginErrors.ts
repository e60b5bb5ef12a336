import { errorTable } from '@mkiot/core/errors/mkiotError';

const unauthenticated = (message: string) => ({ status: 'UNAUTHENTICATED', blame: 'peer', message }) as const;

/** Why a device may not log in, beside what core/jwt says of its token. The operator reads these, never the device. */
export const deviceLoginError = errorTable({
  LOGIN_CLIENT_ID_MALFORMED: unauthenticated(
    'The device name, over MQTT the client id, is not projects/PROJECT/locations/LOCATION/registries/REGISTRY/devices/' +
      'DEVICE, without a slash in front; it has {characters} characters.',
  ),
  LOGIN_PROJECT_UNKNOWN: unauthenticated('The device name is of the project {found}, this installation is {expected}.'),
  LOGIN_REGISTRY_UNKNOWN: unauthenticated('There is no registry {registry}.'),
  LOGIN_MQTT_DISABLED: unauthenticated(
    'MQTT is disabled in the registry {registry}. Set its mqttEnabledState to MQTT_ENABLED to let devices in.',
  ),
  LOGIN_HTTP_DISABLED: unauthenticated(
    'HTTP is disabled in the registry {registry}. Set its httpEnabledState to HTTP_ENABLED to let devices in.',
  ),
  LOGIN_DEVICE_UNKNOWN: unauthenticated('There is no device {device}.'),
  LOGIN_DEVICE_BLOCKED: unauthenticated('The device {device} is blocked.'),
  LOGIN_NO_CREDENTIAL: unauthenticated('The device has no public key. Add one to its credentials.'),
  LOGIN_CREDENTIALS_EXPIRED: unauthenticated(
    'All public keys of the device ({expired}) have expired. Add a new one to its credentials.',
  ),
  LOGIN_ALGORITHM_MISMATCH: unauthenticated(
    'What the device sent is signed with {algorithm}, and no live public key of the device is for that ({live} live).',
  ),
  LOGIN_SIGNATURE_WRONG: unauthenticated(
    'No live {algorithm} key of the device verifies what it sent ({tried} tried): that was signed with another private key, ' +
      'or changed on the way.',
  ),
  RENEWAL_OF_ANOTHER_DEVICE: unauthenticated(
    'The device of the session was deleted, and another one has its name now. Its session is not this one.',
  ),
});
