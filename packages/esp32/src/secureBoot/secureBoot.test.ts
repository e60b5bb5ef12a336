import fc from 'fast-check';
import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { portableAes } from '../aes/portableAes.ts';
import { parsePemKey, parsePemPrivateKey } from '../keys/pemKeys.ts';
import { digestBootloader, parseRawPublicKey, reflashableKey, signImageV1, verifyImageV1 } from './secureBootV1.ts';
import { keyDigest } from './blockKey.ts';
import { signImage } from './signImage.ts';
import { findTrusted, verifySignedImage } from './verifySignedImage.ts';
import { portableSigner, type SecureBootSigner } from './signer.ts';

type CurveOfOpenssl = 'prime192v1' | 'prime256v1' | 'secp384r1';

function newSigner(namedCurve: CurveOfOpenssl = 'prime256v1'): SecureBootSigner {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return portableSigner(parsePemPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })));
}

const rsa2048 = portableSigner(
  parsePemPrivateKey(
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ),
);
const image = new Uint8Array(5000).map((_, index) => index);
const bytes = (length: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ minLength: length, maxLength: length });

async function slotOf(signer: SecureBootSigner, isRevoked = false) {
  return { digest: await keyDigest(signer.publicKey), isRevoked };
}

test('an image is filled up with 0xff and its sector of signatures follows', async () => {
  const signed = await signImage(image, [newSigner()]);
  assert.equal(signed.length, 3 * 4096);
  assert.deepEqual(signed.subarray(0, 5000), image);
  assert.ok(signed.subarray(5000, 8192).every((byte) => byte === 0xff));
  assert.ok(signed.subarray(8192 + 1216).every((byte) => byte === 0xff));
});

test('three keys sign at once or one after the other; a fourth is refused', async () => {
  const signers = [newSigner('prime192v1'), newSigner('prime256v1'), newSigner('secp384r1')] as const;
  const atOnce = await signImage(image, signers);
  let inTurn = await signImage(image, [signers[0]]);
  for (const signer of signers.slice(1)) inTurn = await signImage(inTurn, [signer], true);
  for (const signed of [atOnce, inTurn]) {
    const verdicts = await verifySignedImage(signed);
    assert.deepEqual(
      verdicts.map(({ problem }) => problem),
      [undefined, undefined, undefined],
    );
    for (const [index, signer] of signers.entries()) {
      assert.equal(findTrusted(verdicts, [await slotOf(signer)])?.index, index);
    }
    await assert.rejects(signImage(signed, [newSigner()], true), { code: 'SECURE_BOOT_TOO_MANY_KEYS', message: /4/ });
  }
  await assert.rejects(signImage(image, [...signers, newSigner()]), { code: 'SECURE_BOOT_TOO_MANY_KEYS' });
});

test('a key that is revoked or unknown is not trusted, another that is neither is', async () => {
  const [first, second] = [newSigner(), newSigner()];
  const verdicts = await verifySignedImage(await signImage(image, [first, second]));
  assert.equal(findTrusted(verdicts, []), undefined);
  assert.equal(findTrusted(verdicts, [await slotOf(newSigner())]), undefined);
  assert.equal(findTrusted(verdicts, [await slotOf(first, true)]), undefined);
  assert.equal(findTrusted(verdicts, [await slotOf(first, true), await slotOf(second)])?.index, 1);
});

test('no changed bit of a signed image goes unseen', async () => {
  const signed = await signImage(image, [newSigner()]);
  await fc.assert(
    fc.asyncProperty(fc.nat(signed.length - 1), fc.nat(7), async (at, bit) => {
      const changed = signed.slice();
      changed[at] = (changed[at] as number) ^ (1 << bit);
      const verdicts = await verifySignedImage(changed).catch((error: Error) => {
        assert.equal(error.name, 'MkiotError');
        return [{ problem: error }];
      });
      assert.ok(verdicts.some(({ problem }) => problem !== undefined));
    }),
    { numRuns: 60 },
  );
});

test('a damaged block is told by its number and offset, and the block behind it still counts', async () => {
  const [first, second] = [newSigner(), newSigner()];
  const signed = await signImage(image, [first, second]);
  signed[8192 + 200] = 1;
  const verdicts = await verifySignedImage(signed);
  assert.equal(verdicts[0]?.problem?.code, 'SIGNATURE_BLOCK_CRC');
  assert.match(verdicts[0]?.problem?.message ?? '', /block 0 at offset 0x2000/);
  assert.equal(findTrusted(verdicts, [await slotOf(first), await slotOf(second)])?.index, 1);
  await assert.rejects(signImage(signed, [newSigner()], true), { code: 'SIGNATURE_BLOCK_CRC' });
});

test('a byte behind the signatures is told by its offset', async () => {
  const signed = await signImage(image, [newSigner()]);
  signed[signed.length - 1] = 0;
  await assert.rejects(verifySignedImage(signed), { code: 'SIGNATURE_BLOCK_BEHIND_EMPTY', message: /offset 0x2fff/ });
});

test('what is not signed is told apart: empty, cut, erased, zero, random', async () => {
  for (const file of [
    new Uint8Array(0),
    image,
    new Uint8Array(4096),
    new Uint8Array(8192).fill(0xff),
    new Uint8Array(8192),
  ]) {
    await assert.rejects(verifySignedImage(file), { code: 'SECURE_BOOT_NOT_SIGNED' });
  }
  await fc.assert(
    fc.asyncProperty(bytes(8192), async (file) => {
      const verdicts = await verifySignedImage(file).catch(() => []);
      assert.ok(verdicts.every(({ problem }) => problem !== undefined));
    }),
    { numRuns: 20 },
  );
});

test('an image is not signed twice by mistake, and nothing is not signed', async () => {
  const signed = await signImage(image, [newSigner()]);
  await assert.rejects(signImage(signed, [newSigner()]), { code: 'SECURE_BOOT_ALREADY_SIGNED' });
  await assert.rejects(signImage(new Uint8Array(0), [newSigner()]), { code: 'SECURE_BOOT_IMAGE_EMPTY' });
});

test('a signature that does not verify is not put into an image', async () => {
  const wrong = { publicKey: newSigner().publicKey, sign: (data: Uint8Array<ArrayBuffer>) => newSigner().sign(data) };
  const short = { publicKey: newSigner().publicKey, sign: async () => new Uint8Array(3) };
  for (const signer of [wrong, short]) {
    await assert.rejects(signImage(image, [signer]), { code: 'SECURE_BOOT_SIGNATURE_UNFIT' });
    await assert.rejects(signImageV1(image, signer), { code: 'SECURE_BOOT_SIGNATURE_UNFIT' });
  }
});

test('a key of another kind is refused', async () => {
  await assert.rejects(signImage(image, [rsa2048]), { code: 'SECURE_BOOT_KEY_UNFIT', message: /RSA of 2048 bit/ });
  await assert.rejects(keyDigest(rsa2048.publicKey), { code: 'SECURE_BOOT_KEY_UNFIT' });
  for (const signer of [rsa2048, newSigner('secp384r1')]) {
    await assert.rejects(signImageV1(image, signer), { code: 'SECURE_BOOT_KEY_UNFIT', message: /v1 takes P-256/ });
    await assert.rejects(verifyImageV1(image, signer.publicKey), { code: 'SECURE_BOOT_KEY_UNFIT' });
  }
});

test('a v1 signature is good for OpenSSL, and a changed image, key or version is refused', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = parsePemPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const signed = new Uint8Array(await signImageV1(image, portableSigner(key)));
  assert.ok(verify('sha256', image, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signed.subarray(-64)));
  await verifyImageV1(signed, key);
  await assert.rejects(verifyImageV1(signed, newSigner().publicKey), { code: 'SECURE_BOOT_V1_SIGNATURE_WRONG' });
  await assert.rejects(verifyImageV1(signed.with(7, 99), key), { code: 'SECURE_BOOT_V1_SIGNATURE_WRONG' });
  await assert.rejects(verifyImageV1(signed.with(5000, 1), key), { code: 'SECURE_BOOT_V1_VERSION', message: /0x1388/ });
  await assert.rejects(verifyImageV1(signed.subarray(-68), key), { code: 'SECURE_BOOT_NOT_SIGNED' });
});

test('the digest of a bootloader wants a bootloader, a key and an IV of the right length', async () => {
  const [key, iv] = [new Uint8Array(32), new Uint8Array(128)];
  const bootloader = new Uint8Array(200).with(0, 0xe9);
  const wrong = [
    [new Uint8Array(31), iv, bootloader, 'SECURE_BOOT_V1_KEY_LENGTH'],
    [key, new Uint8Array(32), bootloader, 'SECURE_BOOT_V1_IV_LENGTH'],
    [key, iv, bootloader.with(0, 0), 'SECURE_BOOT_V1_NOT_IMAGE'],
    [key, iv, new Uint8Array(0), 'SECURE_BOOT_IMAGE_EMPTY'],
  ] as const;
  for (const [key, iv, bootloader, code] of wrong) {
    await assert.rejects(digestBootloader(key, iv, bootloader, portableAes), { code });
  }
  assert.equal((await digestBootloader(key, iv, bootloader, portableAes)).length, 4096 + 256);
  const withHash = bootloader.with(23, 1).subarray(0, 160);
  assert.equal((await digestBootloader(key, iv, withHash, portableAes)).length, 4096 + 128);
  const key192 = parsePemPrivateKey(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
  );
  assert.equal((await reflashableKey(key192, 24)).length, 24);
});

const fixtures = new URL('../../../../../shared/vectors/esp32/upstream/esptool-secure_images/', import.meta.url);
const absent = existsSync(fixtures) ? {} : { skip: "esptool's fixtures are not beside the repository" };

test("public keys of esptool's fixtures are read, and the digest is that of esptool", absent, async () => {
  const read = (name: string): Promise<Buffer> => readFile(new URL(name, fixtures));
  const rsa = parsePemKey(String(await read('rsa_secure_boot_signing_pubkey.pem')));
  assert.deepEqual(Buffer.from(await keyDigest(rsa)), await read('rsa_public_key_digest.bin'));
  const ecdsa = parsePemKey(String(await read('ecdsa256_secure_boot_signing_pubkey.pem')));
  assert.deepEqual(parseRawPublicKey(await read('ecdsa256_secure_boot_signing_pubkey_raw.bin')), ecdsa);
});

test('a raw public key that is no point is refused', () => {
  for (const raw of [new Uint8Array(64), new Uint8Array(63), new Uint8Array(65)]) {
    assert.throws(() => parseRawPublicKey(raw), { code: 'SECURE_BOOT_V1_PUBLIC_KEY' });
  }
});
