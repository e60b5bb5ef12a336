import { errorTable } from '@mkiot/core/errors/mkiotError';

export const provisioningError = errorTable({
  PROVISIONING_NAME_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The name of a station has 1 to {max} printable characters; this one is not like that.',
  },
  PROVISIONING_END_PAST: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {what} would have ended before it was made: give an expireTime that is still to come.',
  },
  PROVISIONING_OUTLIVES_CALLER: {
    status: 'PERMISSION_DENIED',
    blame: 'caller',
    message: 'The {what} would outlive the token it is made with, which ends at {end}. Give an earlier expireTime.',
  },
  STATION_KEY_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The publicKey of a station is one PEM block "-----BEGIN PUBLIC KEY-----" of a key on P-256; this is none.',
  },
  STATION_KEY_USED: {
    status: 'ALREADY_EXISTS',
    blame: 'caller',
    message: 'Another station has this key. Make a new key for each enrolment.',
  },
  STATION_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'There is no station {station} in this registry. "mkiot station list" shows those there are.',
  },
  STATION_REVOKED: {
    status: 'PERMISSION_DENIED',
    blame: 'caller',
    message: 'The station {station} has been revoked. Enrol it again with a new key if it is still yours.',
  },
  STATION_EXPIRED: {
    status: 'PERMISSION_DENIED',
    blame: 'caller',
    message: 'The time of station {station} is over since {end}. Enrol it again; its records must then be signed anew.',
  },
  STATION_EXHAUSTED: {
    status: 'RESOURCE_EXHAUSTED',
    blame: 'caller',
    message: 'The station {station} has registered the {max} devices that it was allowed. Enrol it again for more.',
  },
  STATION_REGISTRY_FOREIGN: {
    status: 'PERMISSION_DENIED',
    blame: 'caller',
    message: 'The station {station} may register devices in {expected} only.',
  },
  UNIT_RECORD_REFUSED: {
    status: 'UNAUTHENTICATED',
    blame: 'caller',
    message:
      'The unit record is not signed by a station of this installation; the log of the server says what is wrong with it.',
  },
  UNIT_RECORD_REPLAYED: {
    status: 'ALREADY_EXISTS',
    blame: 'caller',
    message: 'The station has registered another unit under the id of this record. Each record needs a new random id.',
  },
  UNIT_RETIRED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The unit of this record was device {numId}, which has been deleted. This record does not bring it back.',
  },
  UNIT_PROOF_WRONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'Key number {number} of the unit record is not proven: its signature over the facts, for this installation, does ' +
      'not verify.',
  },
  UNIT_MAC_USED: {
    status: 'ALREADY_EXISTS',
    blame: 'caller',
    message:
      'A unit with the MAC address {mac} was registered before, as device {numId}; a retired one comes back only after a person has released it.',
  },
  UNIT_MAC_UNUSED: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'No unit with the MAC address {mac} was registered, or it has been released: it can be registered.',
  },
  UNIT_NOT_RETIRED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The unit with the MAC address {mac} is device {numId}, which is still there. Delete that device first: two devices ' +
      'cannot be one unit.',
  },
  UNIT_RELEASE_UNEXPLAINED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'Say why the unit is released, in 1 to {max} printable characters: the audit trail keeps it.',
  },
  UNIT_KEY_USED: {
    status: 'ALREADY_EXISTS',
    blame: 'caller',
    message: 'Key number {number} was the key of device {numId} before. A unit needs keys that nobody has had.',
  },
  TICKET_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'There is no ticket {ticket} in this registry. "mkiot registry tickets list" shows those there are.',
  },
  TICKET_USED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The ticket {ticket} has made device {numId}. To take that back, block or delete the device.',
  },
  TICKET_BINDING_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'A ticket that is bound is made alone (count 1), to a deviceId that a device can have or a mac such as ' +
      '24:0a:c4:12:34:56.',
  },
  ENROLMENT_REFUSED: {
    status: 'UNAUTHENTICATED',
    blame: 'caller',
    message: 'The board was not enrolled; the log of the server says why.',
  },
});
