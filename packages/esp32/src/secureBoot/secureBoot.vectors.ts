import { concatBytes, toHex, utf8Decode } from '@mkiot/core/bytes/bytes';
import { portableAes } from '../aes/portableAes.ts';
import { CURVES } from '../keys/curves.ts';
import { signDigest } from '../keys/ecdsa.ts';
import type { PrivateKey } from '../keys/keys.ts';
import { parsePemPrivateKey } from '../keys/pemKeys.ts';
import { expectBytes, expectEqual, type ReadVector, type VectorCheck } from '../vectors.testing.ts';
import { digestBootloader, reflashableKey, verifyImageV1 } from './secureBootV1.ts';
import { keyDigest } from './blockKey.ts';
import { buildSignatureBlock, SIGNATURE_BLOCK_BYTES } from './signatureBlock.ts';
import { signImage } from './signImage.ts';
import { findTrusted, verifySignedImage } from './verifySignedImage.ts';
import { imageDigest, portableSigner } from './signer.ts';

const RSA_KEYS = ['rsa_sh_0.pem', 'rsa_sh_1.pem', 'rsa_sh_2.pem'] as const;
const EC_KEYS = ['ec192_sh.pem', 'ec256_sh.pem', 'ec384_sh.pem'] as const;

/** What espsecure has signed, and with which keys. */
const SIGNED = [
  { sector: 'sh-rsa1.sector.bin', keys: RSA_KEYS.slice(0, 1) },
  { sector: 'sh-rsa3.sector.bin', keys: RSA_KEYS },
  { sector: 'sh-ec256.sector.bin', keys: ['ec256_sh.pem'] },
] as const;

const vector = (name: string): URL => new URL(`./vectors/${name}`, import.meta.url);

async function readKey(read: ReadVector, name: string): Promise<PrivateKey> {
  return parsePemPrivateKey(utf8Decode(await read(vector(name))));
}

async function readKeyDigests(read: ReadVector): Promise<Readonly<Record<string, string>>> {
  const { keyDigests } = JSON.parse(utf8Decode(await read(vector('keyDigests.json')))) as {
    readonly keyDigests: Readonly<Record<string, string>>;
  };
  return keyDigests;
}

export const checks: readonly VectorCheck[] = [
  {
    name: 'the digest of each kind of key for the eFuses is that of espsecure',
    async run(read) {
      for (const [name, digest] of Object.entries(await readKeyDigests(read))) {
        expectEqual(toHex(await keyDigest(await readKey(read, name))), digest, name);
      }
    },
  },
  {
    name: 'images that espsecure has signed verify, and their blocks are built again byte for byte',
    async run(read) {
      const image = await read(vector('app-esp32-securepad2.bin'));
      const digests = await readKeyDigests(read);
      for (const { sector, keys } of SIGNED) {
        const signatures = await read(vector(sector));
        const verdicts = await verifySignedImage(concatBytes(image, signatures));
        expectEqual(verdicts.length, keys.length, `blocks of ${sector}`);
        for (const { index, block, keyDigest, problem } of verdicts) {
          expectEqual(problem?.message, undefined, `block ${index} of ${sector}`);
          expectEqual(toHex(keyDigest ?? new Uint8Array()), digests[keys[index] ?? ''], `key of block ${index}`);
          if (block === undefined) continue;
          const at = index * SIGNATURE_BLOCK_BYTES;
          expectBytes(buildSignatureBlock(block), signatures.subarray(at, at + SIGNATURE_BLOCK_BYTES), sector);
        }
      }
    },
  },
  {
    name: 'every kind of key signs, and the chip that holds its digest trusts the image',
    async run(read) {
      const image = await read(vector('boot-esp32.bin'));
      for (const name of [RSA_KEYS[0], ...EC_KEYS]) {
        const key = await readKey(read, name);
        const verdicts = await verifySignedImage(await signImage(image, [portableSigner(key)]));
        const digest = await keyDigest(key);
        expectEqual(findTrusted(verdicts, [{ digest, isRevoked: false }])?.index, 0, name);
        expectEqual(findTrusted(verdicts, [{ digest, isRevoked: true }]), undefined, `${name}, revoked`);
      }
    },
  },
  {
    name: 'secure boot v1: the signature of espsecure verifies, and is the one that RFC 6979 gives',
    async run(read) {
      const image = await read(vector('app-esp32.bin'));
      const signature = await read(vector('sh-v1.signature.bin'));
      const key = await readKey(read, 'ec256_sh.pem');
      await verifyImageV1(concatBytes(image, signature), key);
      if (key.kind !== 'EC') throw new Error('the key is not on a curve');
      const made = await signDigest(CURVES[key.curve], key.d, await imageDigest(key, image));
      expectBytes(made, signature.subarray(4), 'signature');
    },
  },
  {
    name: 'secure boot v1: keys and digests of the bootloader are those of espsecure',
    async run(read) {
      const signingKey = await readKey(read, 'ec256_sh.pem');
      const [iv, bootloader] = [await read(vector('sh-v1-iv.bin')), await read(vector('boot-esp32.bin'))];
      for (const { bytes, suffix } of [
        { bytes: 32, suffix: '' },
        { bytes: 24, suffix: '192' },
      ] as const) {
        const key = await read(vector(`sh-v1-reflashable-key${suffix}.bin`));
        expectBytes(await reflashableKey(signingKey, bytes), key, `key of ${bytes} bytes`);
        const digested = await digestBootloader(key, iv, bootloader, portableAes);
        expectBytes(digested, await read(vector(`sh-v1-digested${suffix}.bin`)), `digest with ${bytes} bytes`);
      }
    },
  },
];
