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
    message: 'The device {device} is not connected. A command is not kept for later: send it when the device is there.',
  },
  DEVICE_NOT_SUBSCRIBED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The device {device} is connected, but has not subscribed to its commands/#.',
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
