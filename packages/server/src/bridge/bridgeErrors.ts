import { errorTable } from '@mkiot/core/errors/mkiotError';

export const bridgeError = errorTable({
  BUN_LISTENER_UNKNOWN: {
    status: 'UNIMPLEMENTED',
    blame: 'caller',
    message:
      'Bun {version} accepts connections in a way that MkIoT does not know. Start it on Node, without MKIOT_RUNTIME, or on the ' +
      'Bun that docs/bun.md names.',
  },
  MQTT_LISTEN_FAILED: {
    status: 'UNAVAILABLE',
    blame: 'caller',
    message:
      'The MQTT bridge cannot listen on {host} port {port}: {reason}. {remedy}, or choose another one in the settings ' +
      '{settings}.host and {settings}.port.',
  },
});
