import { base64UrlEncode } from '../bytes/base64.ts';
import { utf8Encode } from '../bytes/bytes.ts';
import type { SigningKey } from '../crypto/signatures.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import type { JwtClaims } from './jwtClaims.ts';
import { jwtNotMade } from './jwtErrors.ts';
import { parseJwt } from './parseJwt.ts';

/**
 * Makes a token in the form that every server takes: base64url without padding. Throws `JWT_NOT_MADE` where
 * {@link parseJwt} would refuse the result.
 *
 * @example
 * const iat = Math.floor(clock.now() / 1000);
 * const password = await createJwt({ aud: project, iat, exp: iat + 3600 }, key);
 * const withoutClock = await createJwt({ aud: project, nonce: ticket }, key);
 */
export async function createJwt(claims: JwtClaims, key: SigningKey): Promise<string> {
  const header = encodeJson({ alg: key.algorithm, typ: 'JWT' });
  const { aud } = claims;
  const members = claims.nonce === undefined ? { iat: claims.iat, exp: claims.exp, aud } : { nonce: claims.nonce, aud };
  const signed = `${header}.${encodeJson(members)}`;
  const token = `${signed}.${base64UrlEncode(await key.sign(utf8Encode(signed)))}`;
  const parsed = parseJwt(utf8Encode(token));
  if (parsed instanceof MkiotError) throw jwtNotMade(parsed);
  return token;
}

function encodeJson(value: Readonly<Record<string, string | number>>): string {
  return base64UrlEncode(utf8Encode(JSON.stringify(value)));
}
