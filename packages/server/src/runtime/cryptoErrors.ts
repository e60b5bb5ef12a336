import { errorTable } from '@mkiot/core/errors/mkiotError';

export const cryptoError = errorTable({
  KEY_FORMAT_UNSUPPORTED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The key format "{format}" is not supported. Use ES256_PEM, ES256_X509_PEM, RSA_PEM or RSA_X509_PEM.',
  },
  KEY_IS_PRIVATE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'This is a private key. It belongs to the device alone and was not kept. Give the public key instead: ' +
      '"openssl pkey -in FILE -pubout" prints it. Consider this private key no longer secret and make a new one.',
  },
  KEY_NOT_PEM: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'A key of format {format} is exactly one PEM block "-----BEGIN {expected}-----"; found {found}. ' +
      'Send the file as it is, with its line breaks.',
  },
  KEY_UNREADABLE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The PEM block "{label}" cannot be read: its contents are damaged or cut off.',
  },
  KEY_KIND_WRONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A key of format {format} must be {expected}; this one is {found}.',
  },
  SIGNING_KEY_UNREADABLE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The private key file {file} cannot be used: it must hold one unencrypted PEM private key, P-256 or RSA with ' +
      'at least 2048 bit.',
  },
});
