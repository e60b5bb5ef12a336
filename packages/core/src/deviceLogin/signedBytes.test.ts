import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { equalBytes, toHex, utf8Decode } from '../bytes/bytes.ts';
import { encodeSignedBytes, SIGNING_PURPOSES, type SignedFields, type SigningPurpose } from './signedBytes.ts';
import vectors from './vectors/signed-bytes.json' with { type: 'json' };

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const publicKey = createPublicKey({ key: { ...vectors.key, kty: 'EC', crv: 'P-256' }, format: 'jwk' });

for (const { name, purpose, clientId, exporter, ...vector } of vectors.cases) {
  test(`the signed bytes of ${name} are those of the vector, and its signature verifies`, () => {
    const signed = encodeSignedBytes({
      purpose: purpose as SigningPurpose,
      challenge: hex(vector.challenge),
      clientId,
      bridgeId: hex(vector.bridgeId),
      exporter: exporter === undefined ? undefined : hex(exporter),
    });
    assert.equal(toHex(signed), vector.signedBytes);
    const verifyingKey = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(verify('sha256', signed, verifyingKey, hex(vector.signature)));
  });
}

test('every purpose has a vector', () => {
  const shown = new Set(vectors.cases.map(({ purpose }) => purpose));
  assert.deepEqual([...shown].toSorted(), Object.keys(SIGNING_PURPOSES).toSorted());
});

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const fields: fc.Arbitrary<SignedFields> = fc.record(
  {
    purpose: fc.constantFrom(...(Object.keys(SIGNING_PURPOSES) as SigningPurpose[])),
    challenge: bytes32,
    clientId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
    bridgeId: bytes32,
    exporter: fc.option(bytes32, { nil: undefined }),
  },
  { noNullPrototype: true },
);

/** Reads the bytes as docs/protocol.md describes them, with nothing of the writer. */
function readSignedBytes(signed: Uint8Array): SignedFields & { label: string } {
  const view = new DataView(signed.buffer, signed.byteOffset, signed.length);
  assert.equal(toHex(signed.subarray(0, 6)), '004d4b494f54');
  const parts: Uint8Array[] = [];
  for (let at = 8; at < signed.length; at += 2 + view.getUint16(at)) {
    parts.push(signed.subarray(at + 2, at + 2 + view.getUint16(at)));
  }
  const bound = view.getUint8(7) === 1;
  assert.equal(parts.length, bound ? 5 : 4);
  const [label, challenge, clientId, bridgeId] = parts as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const { 4: exporter } = parts;
  const [purpose] = Object.entries(SIGNING_PURPOSES).find(([, { code }]) => code === view.getUint8(6))!;
  return {
    purpose: purpose as SigningPurpose,
    label: utf8Decode(label),
    challenge,
    clientId: utf8Decode(clientId),
    bridgeId,
    exporter,
  };
}

test('whatever was put into the signed bytes can be read out of them, so nothing else has the same bytes', () => {
  fc.assert(
    fc.property(fields, (made) => {
      const { label } = SIGNING_PURPOSES[made.purpose];
      assert.deepEqual(readSignedBytes(encodeSignedBytes(made)), { ...made, label });
    }),
  );
});

test('other fields are other bytes, also when one field takes from its neighbour', () => {
  fc.assert(
    fc.property(fields, fields, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      assert.equal(equalBytes(encodeSignedBytes(one), encodeSignedBytes(other)), same);
    }),
  );
});

test('the signed bytes are never what a token signs: they begin with a NUL', () => {
  fc.assert(fc.property(fields, (made) => encodeSignedBytes(made)[0] === 0));
});

const zeros = (length: number): Uint8Array => new Uint8Array(length);
const GOOD: SignedFields = { purpose: 'LOGIN', challenge: zeros(32), clientId: 'c', bridgeId: zeros(32) };
const REFUSED: readonly (readonly [string, Partial<SignedFields>])[] = [
  ['challenge', { challenge: zeros(31) }],
  ['challenge', { challenge: zeros(33) }],
  ['client id', { clientId: '' }],
  ['client id', { clientId: 'c'.repeat(65_536) }],
  ['bridge id', { bridgeId: zeros(20) }],
  ['exporter', { exporter: zeros(0) }],
];
for (const [name, wrong] of REFUSED) {
  test(`a ${name} of ${Object.values(wrong)[0]?.length} bytes is not signed`, () => {
    assert.throws(() => encodeSignedBytes({ ...GOOD, ...wrong }), {
      code: 'SIGNED_FIELD_LENGTH',
      message: new RegExp(name),
    });
  });
}
