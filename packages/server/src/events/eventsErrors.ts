import { errorTable } from '@mkiot/core/errors/mkiotError';

export const eventsError = errorTable({
  EVENT_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'An event of {bytes} bytes does not fit into the event log; {max} is the most. It was not stored.',
  },
  EVENT_ORIGIN_TOO_LONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {field} of an event has {bytes} bytes; {max} is the most.',
  },
  EVENT_LOG_OVERLOADED: {
    status: 'RESOURCE_EXHAUSTED',
    blame: 'us',
    message: 'More than {bytes} bytes of events wait for the disk. This one was not stored; send it again later.',
  },
  EVENT_LOG_CLOSED: {
    status: 'UNAVAILABLE',
    blame: 'us',
    message: 'The event log is closed: the server is stopping. The event was not stored; send it again later.',
  },
  EVENT_LOG_WRITE_FAILED: {
    status: 'UNAVAILABLE',
    blame: 'us',
    message:
      'The event log cannot write in {directory} ({reason}). Events are not acknowledged, so devices send them again. ' +
      'Check the disk: its space, its health, the permissions. The log tries again by itself.',
  },
  EVENT_LOG_UNUSABLE: {
    status: 'FAILED_PRECONDITION',
    blame: 'us',
    message:
      'The event log in {directory} cannot be opened ({reason}). Check the disk: its health, the permissions, whether it ' +
      'can be written to. Nothing was removed.',
  },
  EVENT_LOG_SLOW: {
    status: 'DEADLINE_EXCEEDED',
    blame: 'us',
    message:
      'The disk takes more than {seconds} s to store events in {directory}: devices wait so long for their ' +
      'acknowledgements. Nothing is lost. Check the disk: its health, and what else uses it.',
  },
  EVENT_LOG_READ_FAILED: {
    status: 'UNAVAILABLE',
    blame: 'us',
    message: 'The event log cannot read {file} ({reason}). Check the disk and the permissions.',
  },
  EVENT_LOG_TORN_TAIL: {
    status: 'DATA_LOSS',
    blame: 'us',
    message:
      'The last write to {file} had not ended when the server or the power went down: {bytes} bytes at offset {offset} ' +
      'were cut off. No device had been told that they are stored.',
  },
  EVENT_LOG_DAMAGED: {
    status: 'DATA_LOSS',
    blame: 'us',
    message:
      '{bytes} bytes of {file} at offset {offset} are damaged. The events in them are lost, unless the power was cut ' +
      'while they were being written; all others stay readable. Check the disk.',
  },
  EVENT_LOG_MISSING: {
    status: 'DATA_LOSS',
    blame: 'us',
    message:
      'The events {first} to {last} are missing behind {file}, which ends at offset {offset}: a file was cut off or ' +
      'taken away. All others stay readable. Restore it from a backup, and check the disk.',
  },
  EVENT_RETENTION_FAILED: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'Old events could not be removed ({reason}): the event log grows over its limits. It is tried again.',
  },
  EVENT_HOLD_EXCEEDS_SIZE: {
    status: 'RESOURCE_EXHAUSTED',
    blame: 'caller',
    message:
      'The event log has {bytes} bytes and should have {max}: the subscription {subscription} holds {held} bytes that ' +
      'would have been removed. Let its consumer acknowledge, or delete the subscription.',
  },
  EVENT_HOLD_FILLS_DISK: {
    status: 'RESOURCE_EXHAUSTED',
    blame: 'caller',
    message:
      'The disk of the event log is full, and the subscription {subscription} holds {held} bytes on it that would have ' +
      'been removed. No events are stored. Let its consumer acknowledge, delete the subscription, or make room.',
  },
  EVENT_LOG_NEWER: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The events in {file} were written by a newer MkIoT: format {version}, and this version knows {known}. Start the ' +
      'newer version. Nothing was changed.',
  },
  SUBSCRIPTION_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'There is no subscription {subscription}.',
  },
  SUBSCRIPTION_EXISTS: {
    status: 'ALREADY_EXISTS',
    blame: 'caller',
    message: 'There is a subscription {subscription} already.',
  },
  SUBSCRIPTION_ID_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The {field} is not fit to be an id: {min} to {max} letters, digits and -._+~%, starting with a letter and not with ' +
      '"goog".',
  },
  SUBSCRIPTION_DEVICE_WITHOUT_REGISTRY: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A subscription to one device must name the registry of the device too.',
  },
  SUBSCRIPTION_AHEAD: {
    status: 'DATA_LOSS',
    blame: 'us',
    message:
      'The subscription {subscription} had read up to event {read}, but the event log ends at {last}: events were removed ' +
      'from the data folder, or the disk lost them. It goes on from there.',
  },
  ACK_ID_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'ackIds[{index}] is none of the subscription {subscription}. Send the ackIds that its pull gave. Nothing was ' +
      'acknowledged.',
  },
});
