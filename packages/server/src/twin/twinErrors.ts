import { errorTable } from '@mkiot/core/errors/mkiotError';

export const twinError = errorTable({
  CONFIG_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A config has at most {limit} bytes, this one has {bytes}.',
  },
  CONFIG_VERSION_MISMATCH: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'versionToUpdate is {versionToUpdate}, but the config of {device} is at version {current}: somebody else changed ' +
      'it. Read it again, or give 0 to change it whatever it is.',
  },
  COMMAND_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A command has at most {limit} bytes, this one has {bytes}.',
  },
  COMMAND_SUBFOLDER_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The subfolder of a command has at most {limit} characters and no "+", "#" or NUL among them.',
  },
  DEVICE_NOT_CONNECTED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The device {device} is not connected. Send the command when it is, or say with queueFor how long it may wait.',
  },
  DEVICE_NOT_SUBSCRIBED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The device {device} is connected, but has not subscribed to its commands/#.',
  },
  DEVICE_SESSION_NOT_KEPT: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The device {device} is not connected, and has no session that is kept: it has to connect with Clean Session 0, or ' +
      'in MQTT 5.0 with a Session Expiry Interval, before a command can wait for it.',
  },
  COMMAND_NOT_QUEUEABLE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The device {device} is not connected and has subscribed to its commands at QoS 0: such commands do not wait. It ' +
      'has to subscribe at QoS 1.',
  },
  COMMAND_QUEUE_FULL: {
    status: 'RESOURCE_EXHAUSTED',
    blame: 'caller',
    message:
      'As much waits for the device {device}, or for all devices together, as the settings allow (sessions.queued…). This ' +
      'command was not queued.',
  },
  COMMAND_NOT_STORED: {
    status: 'UNAVAILABLE',
    blame: 'us',
    message:
      'The command for {device} could not be written to disk and was not queued. The log of the server says why.',
  },
  COMMAND_QUEUE_TIME_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A command may wait up to {maxSeconds} s (queueFor); this one asks for {seconds} s.',
  },
  COMMAND_NOT_ACKNOWLEDGED: {
    status: 'DEADLINE_EXCEEDED',
    blame: 'peer',
    message: 'The device {device} did not acknowledge the command within {seconds} s. It may have received it.',
  },
  COMMAND_CONNECTION_LOST: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The connection of the device {device} ended before it acknowledged the command. It may have received it.',
  },
  COMMAND_CANCELLED: {
    status: 'CANCELLED',
    blame: 'caller',
    message: 'The caller went away before the device {device} acknowledged the command. It may have received it.',
  },
  COMMAND_BACKLOG_FULL: {
    status: 'RESOURCE_EXHAUSTED',
    blame: 'peer',
    message: 'The device {device} has too many commands to acknowledge already. This one was not sent.',
  },
});
