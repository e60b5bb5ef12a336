import { errorTable } from '@mkiot/core/errors/mkiotError';

export const bridgeError = errorTable({
  MQTT_LISTEN_FAILED: {
    status: 'UNAVAILABLE',
    blame: 'caller',
    message:
      'The MQTT bridge cannot listen on {host} port {port}: {reason}. {remedy}, or choose another one in the settings ' +
      '{settings}.host and {settings}.port.',
  },
});
