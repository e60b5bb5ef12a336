import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

/** What can be wrong with a key file. No sentence holds a byte of it. */
const MESSAGES = {
  KEY_FILE_NOT_PEM: 'The key file holds no PEM block "-----BEGIN … KEY-----" that is whole. Is it the right file?',
  KEY_FILE_MANY: 'The key file holds {found} keys; give one file for each.',
  KEY_FILE_ENCRYPTED: 'The key in the file is encrypted. "openssl pkey -in FILE" takes the encryption off.',
  KEY_FILE_KIND:
    'The key file holds a "{label}"; needed is a public key, or a private one of RSA or an elliptic curve.',
  KEY_FILE_DAMAGED: 'The key file is damaged: in its DER the {field} at offset {offset} is {problem}.',
  KEY_ALGORITHM_UNKNOWN:
    'The key is of algorithm {oid}; needed is RSA or an elliptic curve key on P-192, P-256 or P-384.',
  KEY_CURVE_UNKNOWN: 'The key is on the curve {oid}; needed is P-192, P-256 or P-384.',
  KEY_POINT_WRONG: 'The public key is no point of its curve, or not the one of its private key: the file is damaged.',
  KEY_NOT_PRIVATE: 'The key file holds a public key alone; the private one is needed here.',
} as const;

export function keyError(code: keyof typeof MESSAGES, context: ErrorContext = {}): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context);
}
