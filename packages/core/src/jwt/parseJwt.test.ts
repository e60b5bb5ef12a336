import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8Encode } from '../bytes/bytes.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import { assembleJwt } from './assembleJwt.testing.ts';
import type { JwtErrorCode } from './jwtErrors.ts';
import { type ParsedJwt, parseJwt } from './parseJwt.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const HEADER = '{"alg":"ES256","typ":"JWT"}';
const CLAIMS = '{"iat":1767225600,"exp":1767229200,"aud":"mkiot-abc123"}';

function parsed(token: string): ParsedJwt {
  const result = parseJwt(utf8Encode(token));
  if (result instanceof MkiotError) throw result;
  return result;
}

function refusal(token: string | Uint8Array): string | undefined {
  const result = parseJwt(typeof token === 'string' ? utf8Encode(token) : token);
  return result instanceof MkiotError ? result.code : undefined;
}

const signEc = (signed: Uint8Array) => sign('sha256', signed, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
const signRsa = (signed: Uint8Array) => sign('sha256', signed, rsa.privateKey);
const verifies = ({ algorithm, signed, signature }: ParsedJwt) =>
  algorithm === 'ES256'
    ? verify('sha256', signed, { key: ec.publicKey, dsaEncoding: 'ieee-p1363' }, signature)
    : verify('sha256', signed, rsa.publicKey, signature);
const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const paddedUrl = (bytes: Uint8Array) =>
  Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
const standard = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

// The forms in which IoT Core's clients write a token, as their sources show.
const CLIENT_FORMS = [
  { client: 'google-cloud-iot-arduino', header: HEADER, claims: CLAIMS, sign: signEc, encode: unpadded },
  {
    client: 'iot-device-sdk-embedded-c and esp-google-iot, which keep the padding',
    header: HEADER,
    claims: '{"iat":1767225600,"exp":1767229200,"aud":"mkiot-abc12"}',
    sign: signEc,
    encode: paddedUrl,
  },
  {
    client: 'iot-core-micropython, with padding, spaces and its own order',
    header: '{"typ": "JWT", "alg": "RS256"}',
    claims: '{"exp": 1767229200, "aud": "mkiot-abc123", "iat": 1767225600}',
    sign: signRsa,
    encode: paddedUrl,
  },
  {
    client: 'Mongoose OS',
    header: '{"typ":"JWT","alg":"ES256"}',
    claims: '{"aud":"mkiot-abc123","iat":1767225600,"exp":1767229200}',
    sign: signEc,
    encode: unpadded,
  },
  { client: 'a client with the standard alphabet', header: HEADER, claims: CLAIMS, sign: signEc, encode: standard },
] as const;

for (const { client, header, claims, sign: signPart, encode } of CLIENT_FORMS) {
  test(`the token of ${client} is read, and its signature covers the text as sent`, () => {
    const token = assembleJwt(header, claims, signPart, encode);
    const jwt = parsed(token);
    assert.deepEqual(jwt.claims, {
      aud: (JSON.parse(claims) as { aud: string }).aud,
      iat: 1767225600,
      exp: 1767229200,
    });
    assert.equal(Buffer.from(jwt.signed).toString(), token.slice(0, token.lastIndexOf('.')));
    assert.ok(verifies(jwt));
  });
}

test('the padded form really ends in padding, in claims and signature', () => {
  const { header, claims, encode } = CLIENT_FORMS[1];
  assert.match(assembleJwt(header, claims, signEc, encode), /^[^.=]+\.[^.=]+==\.[^.=]+==$/);
});

test('a fraction of a second in iat and exp is cut off', () => {
  const jwt = parsed(assembleJwt(HEADER, '{"aud":"p","iat":1767225600.9,"exp":1767229200.1}', signEc));
  assert.deepEqual(jwt.claims, { aud: 'p', iat: 1767225600, exp: 1767229200 });
});

test('claims that do not count are ignored, also with a member of theirs named twice', () => {
  const claims = '{"aud":"p","iat":1,"exp":2,"nbf":9999999999,"sub":{"a":1,"a":2},"jti":"\\"exp\\":7"}';
  assert.deepEqual(parsed(assembleJwt(HEADER, claims, signEc)).claims, { aud: 'p', iat: 1, exp: 2 });
});

const NONCE = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYX';
const NONCE_CLAIMS: readonly (readonly [string, string])[] = [
  ['no times', `{"aud":"p","nonce":"${NONCE}"}`],
  ['times of 1970', `{"aud":"p","iat":5,"exp":65,"nonce":"${NONCE}"}`],
  ['times that are none', `{"nonce":"${NONCE}","aud":"p","iat":"now","exp":null}`],
];
for (const [times, claims] of NONCE_CLAIMS) {
  test(`a token with a nonce and ${times} is read, and has no times`, () => {
    assert.deepEqual(parsed(assembleJwt(HEADER, claims, signEc)).claims, { aud: 'p', nonce: NONCE });
  });
}

const REFUSED_HEADERS: readonly (readonly [string, JwtErrorCode])[] = [
  ['{"alg":"none"}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"alg":"None","typ":"JWT"}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"alg":"HS256","typ":"JWT"}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"alg":"ES384"}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"alg":"es256"}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"alg":"constructor"}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"alg":"__proto__"}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"alg":["ES256"]}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"typ":"JWT"}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"__proto__":{"alg":"ES256"}}', 'JWT_ALGORITHM_NOT_ALLOWED'],
  ['{"alg":"ES256","crit":["exp"]}', 'JWT_CRITICAL_HEADER'],
  ['{"alg":"ES256","alg":"ES256"}', 'JWT_DUPLICATE_MEMBER'],
  ['{"alg":"ES256","\\u0061lg":"none"}', 'JWT_DUPLICATE_MEMBER'],
  ['["ES256"]', 'JWT_NOT_JSON'],
  ['null', 'JWT_NOT_JSON'],
  ['{"alg":"ES256",}', 'JWT_NOT_JSON'],
  ['\ufeff{"alg":"ES256"}', 'JWT_NOT_JSON'],
  ['', 'JWT_NOT_JSON'],
];
for (const [header, code] of REFUSED_HEADERS) {
  test(`the header ${JSON.stringify(header)} is refused as ${code}`, () => {
    assert.equal(refusal(assembleJwt(header, CLAIMS, signEc)), code);
  });
}

const REFUSED_CLAIMS: readonly (readonly [string, JwtErrorCode])[] = [
  ['{"aud":["p"],"iat":1,"exp":2}', 'JWT_CLAIM_INVALID'],
  ['{"iat":1,"exp":2}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","exp":2}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","iat":1}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","iat":"1","exp":2}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","iat":1,"exp":null}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","iat":1,"exp":1e400}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","iat":1,"exp":9007199254740991}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","iat":1,"exp":true}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","iat":1,"exp":2,"exp":3}', 'JWT_DUPLICATE_MEMBER'],
  ['{"aud":"p","iat":1,"exp":2,"nonce":7}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","iat":1,"exp":2,"nonce":null}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","iat":1,"exp":2,"nonce":""}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","nonce":"AAECAwQFBgcICQo="}', 'JWT_CLAIM_INVALID'],
  ['{"nonce":"AAECAwQFBgcICQoLDA0ODw"}', 'JWT_CLAIM_INVALID'],
  ['{"aud":"p","nonce":"AAECAwQFBgcICQoLDA0ODw","nonce":"x"}', 'JWT_DUPLICATE_MEMBER'],
  ['{"aud":"p","iat":1,"exp":NaN}', 'JWT_NOT_JSON'],
  ["{'aud':'p','iat':1,'exp':2}", 'JWT_NOT_JSON'],
];
for (const [claims, code] of REFUSED_CLAIMS) {
  test(`the claims ${claims} are refused as ${code}`, () => {
    assert.equal(refusal(assembleJwt(HEADER, claims, signEc)), code);
  });
}

const GOOD = assembleJwt(HEADER, CLAIMS, signEc);
const REFUSED_TEXTS: readonly (readonly [string, string, JwtErrorCode])[] = [
  ['an empty password', '', 'JWT_MISSING'],
  ['a word', 'unused', 'JWT_NOT_THREE_PARTS'],
  ['a token with a dot more', `${GOOD}.`, 'JWT_NOT_THREE_PARTS'],
  ['a token in front of a dot', `.${GOOD}`, 'JWT_NOT_THREE_PARTS'],
  ['an encrypted token of five parts', 'a.b.c.d.e', 'JWT_NOT_THREE_PARTS'],
  ['three empty parts', '..', 'JWT_NOT_JSON'],
  ['a token with a line feed at its end', `${GOOD}\n`, 'JWT_NOT_BASE64'],
  ['a token with a space in front', ` ${GOOD}`, 'JWT_NOT_BASE64'],
  ['a token with a NUL at its end', `${GOOD}\0`, 'JWT_NOT_BASE64'],
  ['padding in the middle', GOOD.replace('.', '=.'), 'JWT_NOT_BASE64'],
  ['a token without its signature', GOOD.slice(0, GOOD.lastIndexOf('.') + 1), 'JWT_SIGNATURE_LENGTH'],
  ['10 MB', 'A'.repeat(10_000_000), 'JWT_TOO_LONG'],
];
for (const [name, token, code] of REFUSED_TEXTS) {
  test(`${name} is refused as ${code}`, () => assert.equal(refusal(token), code));
}

test('a header that is not UTF-8 is refused', () => {
  const latin1 = Buffer.from('{"alg":"ES256","x":"\xff"}', 'latin1').toString('base64url');
  assert.equal(refusal(`${latin1}${GOOD.slice(GOOD.indexOf('.'))}`), 'JWT_NOT_JSON');
});

test('an ES256 signature in DER is refused with a hint', () => {
  const signDer = (signed: Uint8Array) => sign('sha256', signed, ec.privateKey);
  const result = parseJwt(utf8Encode(assembleJwt(HEADER, CLAIMS, signDer)));
  assert.ok(result instanceof MkiotError && result.code === 'JWT_SIGNATURE_LENGTH');
  assert.match(result.message, /DER/);
});

test('an RS256 token is read with a signature of any key size', () => {
  const jwt = parsed(assembleJwt('{"alg":"RS256"}', CLAIMS, signRsa));
  assert.equal(jwt.algorithm, 'RS256');
  assert.equal(jwt.signature.length, 256);
});

test('a token cut anywhere is refused', () => {
  const whole = utf8Encode(GOOD);
  for (let length = 0; length < whole.length; length++) assert.ok(refusal(whole.subarray(0, length)), `${length}`);
});

test('a token with any bit flipped is refused or no longer verifies', () => {
  const whole = utf8Encode(GOOD);
  fc.assert(
    fc.property(fc.nat({ max: whole.length * 8 - 1 }), (bit) => {
      const flipped = Uint8Array.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const result = parseJwt(flipped);
      assert.ok(result instanceof MkiotError || !verifies(result));
    }),
  );
});

test('no bytes make it throw', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.json().map((json) => utf8Encode(Buffer.from(json).toString('base64url'))),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const token = parts.flatMap((bytes, index) => (index === 0 ? [...bytes] : [0x2e, ...bytes]));
      assert.ok(parseJwt(Uint8Array.from(token)) !== undefined);
    }),
  );
});
