import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { Aes } from '../aes/aes.ts';
import { portableAes } from '../aes/portableAes.ts';
import { expectBytes, fromHex, type VectorCheck } from '../vectors.testing.ts';
import { esp32FlashCipher } from './esp32FlashCipher.ts';
import type { FlashCipher } from './flashCipher.ts';
import { xtsFlashCipher } from './xtsFlashCipher.ts';

/** What `espsecure encrypt-flash-data` was given, and what it has made of it; in hexadecimal. */
export interface FlashEncryptionCase {
  readonly id: string;
  readonly alg: string;
  readonly key: string;
  readonly address: number;
  readonly flashCryptConf?: number;
  readonly plaintext: string;
  readonly ciphertext: string;
}

export const FLASH_ENCRYPTION_CASES: URL = new URL('./vectors/flashEncryption.json', import.meta.url);

function cipherOf({ alg, key, flashCryptConf }: FlashEncryptionCase, aes: Aes): Promise<FlashCipher> {
  if (alg.startsWith('xts')) return xtsFlashCipher(fromHex(key), aes);
  return Promise.resolve(esp32FlashCipher(fromHex(key), flashCryptConf));
}

export async function checkCase(vector: FlashEncryptionCase, aes: Aes): Promise<void> {
  const cipher = await cipherOf(vector, aes);
  const data = fromHex(vector.plaintext);
  cipher.encrypt(vector.address, data);
  expectBytes(data, fromHex(vector.ciphertext), `${vector.id} encrypted`);
  cipher.decrypt(vector.address, data);
  expectBytes(data, fromHex(vector.plaintext), `${vector.id} decrypted`);
}

export const checks: readonly VectorCheck[] = [
  {
    name: 'flash is encrypted and decrypted as espsecure does it, on every chip and at every address',
    async run(read) {
      const { cases } = JSON.parse(utf8Decode(await read(FLASH_ENCRYPTION_CASES))) as {
        readonly cases: readonly FlashEncryptionCase[];
      };
      for (const vector of cases) await checkCase(vector, portableAes);
    },
  },
];
