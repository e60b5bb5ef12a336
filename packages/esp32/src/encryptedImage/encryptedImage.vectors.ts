import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { CURVES, multiplyPoint } from '../keys/curves.ts';
import { fromBigEndian } from '../keys/bigIntegers.ts';
import { parsePemPrivateKey } from '../keys/pemKeys.ts';
import { portableRsaPkcs1 } from '../keys/rsaPkcs1.ts';
import { publicJwk } from '../keys/webCryptoKeys.ts';
import { expectBytes, expectEqual, fromHex, type VectorCheck } from '../vectors.testing.ts';
import { deviceKeyOf } from './ecies.ts';
import { decryptImage, encryptImage } from './encryptedImage.ts';

interface EccVectors {
  readonly image_ecc: { readonly devicePrivateScalarHex: string; readonly expectedPlaintextHex: string };
  readonly keyDerivation: {
    readonly deviceHmacKeyHex: string;
    readonly expectedPublicKeyJwk: { readonly x: string; readonly y: string };
  };
}

const vector = (name: string): URL => new URL(`./vectors/${name}`, import.meta.url);
const random: RandomFill = (bytes) => crypto.getRandomValues(bytes);
const rsa = portableRsaPkcs1(random);

export const checks: readonly VectorCheck[] = [
  {
    name: "an image that Espressif's tool has encrypted by RSA is decrypted, and one of ours too",
    async run(read) {
      const key = parsePemPrivateKey(utf8Decode(await read(vector('sh_ota_rsa.pem'))));
      const image = await read(new URL('../secureBoot/vectors/app-esp32.bin', import.meta.url));
      expectBytes(await decryptImage(await read(vector('sh-rsa.enc.bin')), key, rsa), image, 'their image');
      expectBytes(await decryptImage(await encryptImage(image, key, rsa, random), key, rsa), image, 'our image');
    },
  },
  {
    name: "the image of the component's own test is decrypted by ECIES",
    async run(read) {
      const { image_ecc } = JSON.parse(utf8Decode(await read(vector('image_ecc.json')))) as EccVectors;
      const d = fromBigEndian(fromHex(image_ecc.devicePrivateScalarHex));
      const point = multiplyPoint(CURVES['P-256'], d, CURVES['P-256'].g);
      if (point === undefined) throw new Error('the scalar gives no point');
      const key = { kind: 'EC', curve: 'P-256', ...point, d } as const;
      const image = await decryptImage(await read(vector('image_ecc.bin')), key, rsa);
      expectBytes(image, fromHex(image_ecc.expectedPlaintextHex), 'image');
    },
  },
  {
    name: 'the key of a device follows from the HMAC key in its eFuses',
    async run(read) {
      const { keyDerivation } = JSON.parse(utf8Decode(await read(vector('image_ecc.json')))) as EccVectors;
      const key = await deviceKeyOf(fromHex(keyDerivation.deviceHmacKeyHex));
      const { x, y } = publicJwk(key);
      expectEqual(x, keyDerivation.expectedPublicKeyJwk.x, 'x');
      expectEqual(y, keyDerivation.expectedPublicKeyJwk.y, 'y');
    },
  },
];
