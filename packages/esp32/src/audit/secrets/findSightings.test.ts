import { base64Encode, base64UrlEncode } from '@mkiot/core/bytes/base64';
import { concatBytes, toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { findSightings } from './findSightings.ts';
import { keyFingerprint } from './keyFingerprint.ts';
import { KeyReader } from './keyReader.ts';
import { colonHex, noiseWith, seenIn } from './secrets.testing.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const scalar = new Uint8Array(Buffer.from(ec.export({ format: 'jwk' }).d ?? '', 'base64url'));

const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1'): string => key.export({ type, format: 'pem' });
const der = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1'): Uint8Array => key.export({ type, format: 'der' });

/** Every form of a key, and what is said of it. */
const FORMS: readonly (readonly [form: string, content: Uint8Array, confidence: string, what: RegExp])[] = [
  ['SEC 1 in PEM', utf8Encode(pem(ec, 'sec1')), 'proven', /^EC private key on P-256 in PEM/],
  ['PKCS #8 in PEM', utf8Encode(pem(ec, 'pkcs8')), 'proven', /^EC private key on P-256 in PEM/],
  ['PKCS #1 in PEM', utf8Encode(pem(rsa, 'pkcs1')), 'proven', /^RSA-2048 private key in PEM/],
  ['RSA in PKCS #8 in PEM', utf8Encode(pem(rsa, 'pkcs8')), 'proven', /^RSA-2048 private key in PEM/],
  ['PEM in JSON', utf8Encode(JSON.stringify({ private_key: pem(rsa, 'pkcs8') })), 'proven', /^RSA-2048/],
  ['PEM with CR LF', utf8Encode(pem(ec, 'pkcs8').replaceAll('\n', '\r\n')), 'proven', /in PEM/],
  ['PEM in base64', utf8Encode(base64Encode(utf8Encode(pem(ec, 'sec1')))), 'proven', /in PEM.*\(in base64\)/],
  ['SEC 1 in DER', der(ec, 'sec1'), 'proven', /^EC private key on P-256 in DER/],
  ['PKCS #8 in DER', der(ec, 'pkcs8'), 'proven', /^EC private key on P-256 in DER/],
  ['P-384 in DER', der(p384, 'sec1'), 'proven', /^EC private key on P-384 in DER/],
  ['PKCS #1 in DER', der(rsa, 'pkcs1'), 'proven', /^RSA-2048 private key in DER/],
  ['RSA in PKCS #8 in DER', der(rsa, 'pkcs8'), 'proven', /^RSA-2048 private key in DER/],
  ['DER in base64', utf8Encode(base64Encode(der(ec, 'sec1'))), 'proven', /in base64/],
  ['DER in base64url', utf8Encode(`key=${base64UrlEncode(der(ec, 'pkcs8'))}`), 'proven', /in base64/],
  ['DER in hexadecimal', utf8Encode(toHex(der(ec, 'sec1'))), 'proven', /in DER, in hexadecimal/],
  ['hexadecimal with colons', utf8Encode(colonHex(scalar)), 'structured', /in hexadecimal with colons/],
  ['hexadecimal', utf8Encode(toHex(scalar)), 'suspected', /^32 bytes in hexadecimal, as long as/],
  ['base64 of 32 bytes', utf8Encode(base64Encode(scalar)), 'suspected', /^32 bytes in base64, as long as/],
];

test('a private key is found in every form, at every alignment and across the borders of sectors', () => {
  for (const [index, [form, content, confidence, what]] of FORMS.entries()) {
    for (const offset of [0, 1, 2, 3, 5, 16, 0x1000 - content.length - 1, 0x1000 - (content.length >> 1), 0x1000 - 1]) {
      // Texts end with a zero; what comes before may be anything, also what looks like a part of them.
      const before = utf8Encode('\0Za9 "-'.charAt((index + offset) % 7));
      const bytes = noiseWith(concatBytes(before, content, new Uint8Array(1)), offset, 0x3000);
      bytes[offset - 1] = 0;
      const found = findSightings(bytes, new KeyReader());
      assert.deepEqual([found.length, found[0]?.confidence], [1, confidence], `${form} at ${offset}`);
      assert.match(found[0]?.what ?? '', what, form);
      const shift = form === 'PEM in JSON' ? '{"private_key":"'.length : form.includes('base64url') ? 4 : 0;
      assert.equal(found[0]?.offset, offset + 1 + shift, form);
    }
  }
});

test('a key in the midst of a very long text is found once, wherever it stands', () => {
  const key = pem(ec, 'sec1');
  for (const offset of [0x1a000 - 100, 0x1a000, 0x20000 - 113, 0x20000 - 10, 0x20000, 0x3a000 - 50, 0x59000]) {
    const text = `${' '.repeat(offset)}${key}${' '.repeat(0x60000 - offset)}`;
    assert.deepEqual(
      seenIn(text).map((found) => [found.offset, found.length, found.confidence]),
      [[offset, key.trimEnd().length, 'proven']],
    );
  }
});

test('a dump of nothing but digits, letters or colons is searched to its end', () => {
  for (const piece of ['0123456789abcdef', 'ab:', 'QUJD\n', 'M', 'eyJ', 'a://b:', ':']) {
    const text = piece.repeat(0x100000 / piece.length);
    for (const { confidence } of seenIn(`${text}\0${pem(ec, 'sec1')}`).slice(0, -1))
      assert.notEqual(confidence, 'proven');
    assert.equal(seenIn(`${text}\0${pem(ec, 'sec1')}`).at(-1)?.confidence, 'proven', piece);
  }
});

test('the public key that was derived is that of OpenSSL, whatever the form', () => {
  const { x = '', y = '' } = ec.export({ format: 'jwk' });
  const number = (text: string): bigint => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
  const fingerprint = keyFingerprint({ kind: 'EC', curve: 'P-256', x: number(x), y: number(y) });
  const ofEc = FORMS.filter(([form]) => !/RSA|PKCS #1|P-384|JSON/.test(form));
  for (const [form, content] of ofEc) {
    const [found] = findSightings(content, new KeyReader());
    assert.equal(found?.publicKey && keyFingerprint(found.publicKey), fingerprint, form);
  }
});

test('the text of openssl, wrapped and indented, is a key too', () => {
  const lines = colonHex(concatBytes(new Uint8Array(1), scalar)).match(/.{1,45}/g) ?? [];
  const [found, ...others] = seenIn(`priv:\n${lines.map((line) => `    ${line}\n`).join('')}pub:\n`);
  assert.equal(others.length, 0);
  assert.equal(found?.confidence, 'structured');
});

test('what says nothing of a secret is in what is said of it', () => {
  for (const [form, content] of FORMS) {
    const text = new TextDecoder('latin1').decode(content);
    for (const { what } of findSightings(content, new KeyReader())) {
      const words = what.match(/[\w+/]{9,}/g) ?? [];
      for (const word of words) assert.ok(!text.includes(word) || form.startsWith(word), `${form}: ${word}`);
    }
  }
  const [url] = seenIn('mqtt://pump:s3cr3t-Pa55@broker.example.org');
  assert.ok(url !== undefined && !/pump|s3cr3t|Pa55/.test(url.what));
});

test('a PEM key that was cut, or is of a curve nobody computes here, is still one', () => {
  const text = pem(rsa, 'pkcs1');
  assert.match(seenIn(text.slice(0, 400))[0]?.what ?? '', /cut before its end/);
  const ed25519 = generateKeyPairSync('ed25519').privateKey;
  assert.equal(seenIn(pem(ed25519, 'pkcs8'))[0]?.confidence, 'structured');
  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  assert.equal(findSightings(der(secp256k1, 'pkcs8'), new KeyReader())[0]?.confidence, 'structured');
});

test('what is public, or only looks like a key, is none', () => {
  const passphrase = { type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' } as const;
  const nearMisses = [
    // What code holds that writes and reads PEM.
    '-----BEGIN EC PRIVATE KEY-----\n\0-----END EC PRIVATE KEY-----\n',
    '-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n',
    generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }),
    ec.export(passphrase),
    colonHex(randomBytes(20)),
    colonHex(randomBytes(6)),
    `${toHex(randomBytes(32))}ab`,
    '0'.repeat(64),
    ':0'.repeat(64),
    base64Encode(randomBytes(16)),
  ];
  for (const text of nearMisses) assert.deepEqual(seenIn(text), [], text);
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  assert.deepEqual(findSightings(publicKey.export({ type: 'pkcs1', format: 'der' }), new KeyReader()), []);
});

test('a digest of a certificate, in capitals with colons, is suspected and no more', () => {
  const [found] = seenIn(colonHex(scalar).toUpperCase());
  assert.equal(found?.confidence, 'suspected');
});

test('a key with the public half of another is not proven', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const mixed = concatBytes(der(ec, 'sec1').subarray(0, -65), der(other, 'sec1').subarray(-65));
  assert.deepEqual(findSightings(mixed, new KeyReader()), []);
});

test('no bytes make it fail, and noise has no secret in it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      assert.deepEqual(findSightings(bytes, new KeyReader()), []);
    }),
  );
  const starts = [
    '-----BEGIN PRIVATE KEY-----',
    'MIG',
    'LS0tLS1CRUdJTi',
    'eyJhbGci',
    '0\x77\x02\x01\x01\x04',
    ':',
    'https://a:b@',
  ];
  const anyText = fc.array(
    fc.oneof(fc.constantFrom(...starts), fc.string({ unit: 'binary-ascii' }), fc.base64String()),
  );
  fc.assert(
    fc.property(anyText, (parts) => {
      for (const { confidence } of seenIn(parts.join(''))) assert.notEqual(confidence, 'proven');
    }),
  );
});

test('a key with a bit flipped is proven only where it still is the same key', () => {
  const [whole] = findSightings(der(ec, 'sec1'), new KeyReader());
  fc.assert(
    fc.property(fc.constantFrom(der(ec, 'sec1'), der(ec, 'pkcs8')), fc.nat(), fc.nat(7), (key, at, bit) => {
      const flipped = Uint8Array.from(key);
      flipped[at % key.length] = (key[at % key.length] as number) ^ (1 << bit);
      const found = findSightings(flipped, new KeyReader()).filter(({ confidence }) => confidence === 'proven');
      for (const { publicKey } of found) assert.deepEqual(publicKey, whole?.publicKey);
    }),
  );
});

test('tokens of services are known by their forms', () => {
  const body = 'aB3'.repeat(40);
  const token = `${base64UrlEncode(utf8Encode('{"alg":"ES256","typ":"JWT"}'))}.${base64UrlEncode(utf8Encode('{"aud":"p"}'))}`;
  for (const [text, what] of [
    [`${token}.${body}`, /^JSON Web Token \(ES256\)/],
    ['AKIAABCDEFGHIJKLMNOP', /^AWS/],
    [`AIza${body.slice(0, 35)}`, /^Google API key/],
    [`HostName=h;SharedAccessKey=${base64Encode(randomBytes(32))}`, /^Azure/],
    [`ghp_${body.slice(0, 36)}`, /^GitHub/],
    [`xoxb-${body}`, /^Slack token/],
    [`https://hooks.slack.com/services/T12345678/B12345678/${body.slice(0, 24)}`, /^Slack webhook/],
    [`123456789:AA${body.slice(0, 33)}`, /^Telegram/],
    [`GET / HTTP/1.1\r\nAuthorization: Bearer ${body}`, /^Authorization/],
  ] as const) {
    const tokens = seenIn(text).filter(({ kind }) => kind === 'token');
    assert.equal(tokens.length, 1, text);
    assert.match(tokens[0]?.what ?? '', what);
    assert.ok(!(tokens[0]?.what ?? '').includes(body.slice(0, 8)));
  }
  for (const text of [
    'AKIAIOSFODNN7EXAMPLE',
    'eyJub3QiOiJhIHRva2VuIn0.eyJhIjoxfQ',
    'Authorization: Bearer %s',
    'SharedAccessKey=%s',
  ]) {
    assert.deepEqual(seenIn(`    ${text}    `), [], text);
  }
});

test('a URL with a password is found, a format of one is not', () => {
  for (const url of [
    'mqtts://pump:Tr0ub4dor@broker.example.org:8883',
    'https://u:p%40ss-w0rd!@10.0.0.1/x',
    'ftp://a:bcd@e.f',
  ]) {
    assert.equal(seenIn(url)[0]?.kind, 'url-credentials', url);
  }
  for (const url of [
    'mqtt://%s:%s@%s:%d',
    'https://host:8080/path@x',
    'https://user:password@example.com',
    'http://${U}:${P}@h',
  ]) {
    assert.deepEqual(seenIn(url), [], url);
  }
});
