import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHex, utf8Decode, utf8Encode } from '../bytes/bytes.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import { parseJwt } from '../jwt/parseJwt.ts';
import { encodePacket } from '../mqtt/packet.ts';
import { PacketParser } from '../mqtt/packetParser.ts';
import { decodeChallenge, encodeChallenge } from './challenge.ts';
import { AUTHENTICATION_METHOD, decodeChallengeResponse, encodeChallengeResponse } from './challengeResponse.ts';
import { encodeLoginProperties, readLoginProperties } from './loginProperties.ts';
import { decodeNonce, encodeNonce } from './nonce.ts';
import { encodeSessionNotice, parseSessionNotice, SESSION_NOTICES } from './sessionNotice.ts';
import vectors from './vectors/signed-bytes.json' with { type: 'json' };

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const codeOf = (result: unknown): string | undefined => (result instanceof MkiotError ? result.code : undefined);

test('a challenge comes back as it was made', () => {
  const timeMs = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(fc.record({ timeMs, random: bytes(8), mac: bytes(16) }, { noNullPrototype: true }), (made) => {
      assert.deepEqual(decodeChallenge(encodeChallenge(made)), made);
    }),
  );
});

test('the challenge of the vectors is time, random and MAC', () => {
  const { challenge } = vectors.cases[0]!;
  const read = decodeChallenge(hex(`ff${challenge}`).subarray(1));
  assert.ok(!(read instanceof MkiotError));
  assert.equal(read.timeMs, 1_767_225_600_123);
  assert.equal(toHex(read.random), challenge.slice(16, 32));
  assert.equal(toHex(read.mac), challenge.slice(32));
});

test('a challenge of another length is refused, and none with a short part is made', () => {
  for (const length of [0, 31, 33, 65])
    assert.equal(codeOf(decodeChallenge(new Uint8Array(length))), 'CHALLENGE_MALFORMED');
  const short = { timeMs: 1, random: new Uint8Array(8), mac: new Uint8Array(15) };
  assert.throws(() => encodeChallenge(short), { code: 'SIGNED_FIELD_LENGTH' });
});

for (const [kind, length] of [['challenge', 32] as const, ['ticket', 24] as const]) {
  test(`the text of a ${kind} is read as such, and in one form only`, () => {
    fc.assert(
      fc.property(bytes(length), (made) => {
        const text = encodeNonce(made);
        assert.deepEqual(decodeNonce(text), { kind, bytes: made });
        for (const other of [`${text}=`, ` ${text}`, text.slice(1), `${text}AA`]) {
          assert.equal(codeOf(decodeNonce(other)), 'NONCE_MALFORMED');
        }
      }),
    );
  });
}

test('of a nonce the standard alphabet, padding and foreign characters are refused', () => {
  for (const text of ['', '+'.repeat(32), `${'A'.repeat(43)}=`, 'ä'.repeat(32), 'A'.repeat(10_000)]) {
    assert.equal(codeOf(decodeNonce(text)), 'NONCE_MALFORMED', text.slice(0, 50));
  }
});

test('the tokens of the vectors have their nonce and no times, and their signatures verify', () => {
  const key = { key: createPublicKey({ key: { ...vectors.key, kty: 'EC', crv: 'P-256' }, format: 'jwk' }) };
  for (const { nonce, aud, token } of vectors.tokens) {
    const jwt = parseJwt(utf8Encode(token));
    assert.ok(!(jwt instanceof MkiotError));
    assert.deepEqual(jwt.claims, { aud, nonce });
    assert.ok(!(decodeNonce(nonce) instanceof MkiotError));
    assert.ok(verify('sha256', jwt.signed, { ...key, dsaEncoding: 'ieee-p1363' }, jwt.signature));
  }
});

test('the answer to a challenge is a flag and a signature', () => {
  fc.assert(
    fc.property(fc.boolean(), bytes(64), (bound, signature) => {
      const encoded = encodeChallengeResponse({ bound, signature });
      assert.equal(toHex(encoded), (bound ? '01' : '00') + toHex(signature));
      assert.deepEqual(decodeChallengeResponse(encoded), { bound, signature });
    }),
  );
});

test('an answer with another flag, length or a DER signature is refused', () => {
  const wrong = [
    new Uint8Array(0),
    new Uint8Array(64),
    new Uint8Array(66),
    new Uint8Array(65).fill(2),
    new Uint8Array(72),
  ];
  for (const answer of wrong) assert.equal(codeOf(decodeChallengeResponse(answer)), 'CHALLENGE_RESPONSE_MALFORMED');
  assert.throws(() => encodeChallengeResponse({ bound: true, signature: new Uint8Array(71) }), {
    message: /DER|64 bytes/,
  });
});

const milliseconds = fc.integer({ min: 0, max: 999_999_999_999_999 });

test('a session notice comes back as it was made, also with members that are not known yet', () => {
  const notice = fc.record(
    {
      session: fc.constantFrom(...SESSION_NOTICES),
      endsInMs: milliseconds,
      serverTimeMs: milliseconds,
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(notice, (made) => {
      const payload = encodeSessionNotice(made);
      assert.deepEqual(parseSessionNotice(payload), made);
      assert.deepEqual(parseSessionNotice(utf8Encode(utf8Decode(payload).replace('{', '{"new":[1],'))), made);
    }),
  );
});

const WRONG_NOTICES: readonly (readonly [string, RegExp])[] = [
  ['', /JSON object/],
  ['[]', /JSON object/],
  ['{"session":"open","session":"open","endsInMs":1,"serverTimeMs":1}', /JSON object/],
  ['{"session":"closed","endsInMs":1,"serverTimeMs":1}', /"session".*open, renewed, refused/],
  ['{"session":"open","endsInMs":-1,"serverTimeMs":1}', /"endsInMs"/],
  ['{"session":"open","endsInMs":1.5,"serverTimeMs":1}', /"endsInMs"/],
  ['{"session":"open","endsInMs":1}', /"serverTimeMs"/],
];
for (const [text, message] of WRONG_NOTICES) {
  test(`the session notice ${JSON.stringify(text)} is refused`, () => {
    const result = parseSessionNotice(utf8Encode(text));
    assert.equal(codeOf(result), 'SESSION_NOTICE_MALFORMED');
    assert.match((result as MkiotError).message, message);
  });
}

test('login properties come back as they were made, among properties of others', () => {
  const made = fc.record(
    {
      nonce: fc.option(fc.string(), { nil: undefined }),
      serverTimeMs: fc.option(milliseconds, { nil: undefined }),
      sessionEndsInMs: fc.option(milliseconds, { nil: undefined }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(made, (properties) => {
      const pairs = [['region', '7'] as const, ...encodeLoginProperties(properties)];
      assert.deepEqual(readLoginProperties(pairs), properties);
    }),
  );
});

test('a login property that is no number is as good as absent, and of two the first counts', () => {
  for (const value of ['', '-1', '1e3', '0x1', ' 1', '1'.repeat(16)]) {
    assert.equal(readLoginProperties([['server-time', value]]).serverTimeMs, undefined, value);
  }
  assert.equal(readLoginProperties([['server-time', '1'] as const, ['server-time', '2'] as const]).serverTimeMs, 1);
});

for (const { name, bytes: packet } of vectors.packets) {
  test(`the ${name} is a packet of MQTT 5.0, byte for byte`, () => {
    const parser = new PacketParser({ from: 'CLIENT', maxPacketBytes: 1_024, level: 5 });
    parser.push(hex(packet));
    const read = parser.next();
    assert.ok(read !== undefined);
    assert.equal(toHex(encodePacket(read, 5)), packet);
    if (read.type !== 'AUTH') return;
    assert.equal(read.properties?.authenticationMethod, AUTHENTICATION_METHOD);
    const data = read.properties.authenticationData ?? new Uint8Array(0);
    if (data.length === 32) assert.equal(toHex(data), vectors.cases[0]?.challenge);
    else if (data.length > 0) assert.ok(!(decodeChallengeResponse(data) instanceof MkiotError));
  });
}
