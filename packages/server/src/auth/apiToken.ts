import { base64UrlEncode } from '@mkiot/core/bytes/base64';
import { toHex } from '@mkiot/core/bytes/bytes';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { createHash } from 'node:crypto';

const ID_BYTES = 8;
const SECRET_BYTES = 32;

/** An API token: `mkiot_<id>_<secret>`. The prefix lets secret scanners find a leaked one. */
export interface ApiTokenText {
  /** 16 hexadecimal digits; no secret. */
  readonly id: string;
  /** 256 random bits in base64url. */
  readonly secret: string;
}

export function newApiToken(randomFill: RandomFill): ApiTokenText {
  const id = toHex(randomFill(new Uint8Array(ID_BYTES)));
  return { id, secret: base64UrlEncode(randomFill(new Uint8Array(SECRET_BYTES))) };
}

export function formatApiToken({ id, secret }: ApiTokenText): string {
  return `mkiot_${id}_${secret}`;
}

/** Parts of a token, or `undefined` for any other text. */
export function parseApiToken(text: string): ApiTokenText | undefined {
  const [, id, secret] = /^mkiot_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** What is kept of a secret. It is random, so a plain hash gives nothing to guess. */
export function sha256(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
