import { errorTable } from '@mkiot/core/errors/mkiotError';

export const registryError = errorTable({
  LOCATION_UNKNOWN: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'There is no {location} here: this installation is {expected}. Name that project and location.',
  },
  REGISTRY_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'There is no registry {registry}. "mkiot registry list" shows those there are.',
  },
  REGISTRY_EXISTS: {
    status: 'ALREADY_EXISTS',
    blame: 'caller',
    message: 'There is a registry {registry} already. Choose another id, or change the one there is.',
  },
  REGISTRY_NOT_EMPTY: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The registry {registry} still has devices. Delete its devices first.',
  },
  DEVICE_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'There is no device {device}. "mkiot device list" shows those there are.',
  },
  DEVICE_EXISTS: {
    status: 'ALREADY_EXISTS',
    blame: 'caller',
    message: 'There is a device {device} already. Choose another id, or change the one there is.',
  },
  RESOURCE_ID_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The id of a {kind} has {min} to {max} letters, digits and -._+~%, starts with a letter and not with "goog"; ' +
      'this one is not like that.',
  },
  CREDENTIALS_TOO_MANY: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A device has at most {max} keys, {found} were given. Leave out those it no longer needs.',
  },
  CREDENTIAL_CERTIFICATE_NOT_VALID_NOW: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {kind} is valid from {from} to {to} only, and it is {now}. Give one that is valid now.',
  },
  CREDENTIAL_NOT_A_CERTIFICATE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The registry has certificates of its own, so a device key must be a certificate signed by one of them ' +
      '(RSA_X509_PEM or ES256_X509_PEM); this one has the format {format}.',
  },
  CREDENTIAL_NOT_SIGNED_BY_REGISTRY: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      "None of the registry's certificates has signed this device certificate directly. Let one of them sign it.",
  },
  CREDENTIAL_IS_REGISTRY_CERTIFICATE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: "This is one of the registry's own certificates. A device needs its own key and its own certificate.",
  },
  CERTIFICATES_TOO_MANY: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A registry has at most {max} certificates, {found} were given.',
  },
  CERTIFICATE_UNREADABLE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The registry certificate number {number} must be exactly one PEM block "-----BEGIN CERTIFICATE-----" that ' +
      'holds an X.509 certificate; it is not, or it is damaged.',
  },
  CERTIFICATE_KEY_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The key of registry certificate number {number} is {found}: it must be an EC key on P-256 or an RSA key of at ' +
      'least 2048 bit.',
  },
  CERTIFICATE_IS_PRIVATE_KEY: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The registry certificate number {number} comes with a private key. It was not kept. Give the certificate alone, ' +
      'and make a new key: this one is no longer secret.',
  },
  METADATA_KEY_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'A metadata key has fewer than {max} letters, digits and -_.+~%, at least two, and starts with a letter; key ' +
      'number {number} is not like that.',
  },
  METADATA_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The metadata is too large: {what} may be at most {max}, this is {found}.',
  },
  POLICY_DURATION_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'policy.{field} must be between 1s and {max}s.',
  },
  NOTIFICATION_CONFIG_UNSUPPORTED: {
    status: 'UNIMPLEMENTED',
    blame: 'caller',
    message:
      'MkIoT has no Pub/Sub topics to notify, so {field} must be empty. Read events through a subscription instead: ' +
      '"mkiot events subscription create".',
  },
  GATEWAY_EXPECTED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The device {device} is no gateway. Set its gatewayConfig.gatewayType to GATEWAY first.',
  },
  GATEWAY_NOT_BINDABLE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The device {device} is a gateway itself, and a gateway is not bound to another. Bind the devices behind it.',
  },
  GATEWAY_DEVICES_TOO_MANY: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The gateway {gateway} has {max} devices, which is the most. Unbind one, or take another gateway.',
  },
  DEVICE_GATEWAYS_TOO_MANY: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The device {device} is bound to {max} gateways, which is the most. Unbind it from one of them.',
  },
  GATEWAY_BINDING_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'The device {device} is not bound to the gateway {gateway}.',
  },
  CONFIG_VERSION_GIVEN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The config of a new device gets version 1: leave config.version out, or give 0.',
  },
  UPDATE_MASK_EMPTY: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'An update needs an updateMask that names the fields to change. It can name: {allowed}.',
  },
  FIELD_NOT_UPDATABLE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The updateMask names "{field}", which cannot be changed. It can name: {allowed}.',
  },
  FIELD_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The fieldMask names "{field}", which this resource does not have. It can name: {allowed}, and what is in them.',
  },
  PAGE_TOKEN_MALFORMED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The pageToken is none of this list. Give the nextPageToken of the page before, or none for the first page.',
  },
  TOO_MANY_IDS: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A list may be asked for at most {max} {field}, {found} were given.',
  },
});
