import { type ErrorContext, MkiotError } from '../errors/mkiotError.ts';

/** What can be wrong with a token. The sentences are for the operator's log: the device never sees one. */
const MESSAGES = {
  JWT_MISSING: 'There is no token: the MQTT password has to be a JSON Web Token.',
  JWT_TOO_LONG: 'The token has {bytes} bytes; more than {limit} are not looked at.',
  JWT_NOT_THREE_PARTS: 'The token has {parts} parts between dots instead of three.',
  JWT_NOT_BASE64: 'The {part} of the token is not base64url.',
  JWT_NOT_JSON: 'The {part} of the token is not a JSON object.',
  JWT_DUPLICATE_MEMBER: 'The {part} of the token names a member twice.',
  JWT_ALGORITHM_NOT_ALLOWED: 'The "alg" of the token is not one of {allowed}.',
  JWT_CRITICAL_HEADER: 'The token has the header "crit": it asks for an extension that is not known.',
  JWT_CLAIM_INVALID: 'The claim "{claim}" of the token is missing or not {expected}.',
  JWT_SIGNATURE_LENGTH: 'An ES256 signature has {expected} bytes, r then s; this one has {found}. Is it DER encoded?',
  JWT_WRONG_AUDIENCE: 'The "aud" of the token is not the project id {expected}.',
  JWT_EXPIRES_BEFORE_ISSUED: 'The token expires before it was issued.',
  JWT_LIFETIME_TOO_LONG: 'The token was made to live {lifetimeS} s; at most {limitS} s are allowed.',
  JWT_NOT_YET_VALID: 'The token was issued {aheadS} s in the future; {skewS} s are forgiven. Is the device clock fast?',
  JWT_EXPIRED: 'The token expired {agoS} s ago; {skewS} s are forgiven. Is it an old one, or the device clock slow?',
} as const;

export type JwtErrorCode = keyof typeof MESSAGES;

/** A token from outside that is refused is a normal result: these are returned, not thrown. */
export function jwtError(code: JwtErrorCode, context?: ErrorContext): MkiotError {
  return new MkiotError(code, { status: 'UNAUTHENTICATED', blame: 'peer', message: MESSAGES[code] }, context);
}

/** Our own token would not be taken; `reason` is why. */
export function jwtNotMade(reason: MkiotError): MkiotError {
  const message = 'The token was not made, because no server would take it: {reason}';
  const row = { status: 'INVALID_ARGUMENT', blame: 'caller', message } as const;
  return new MkiotError('JWT_NOT_MADE', row, { reason: reason.message }, reason);
}
