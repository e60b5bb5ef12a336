import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { dataFolderError } from './dataFolderErrors.ts';
import { readPrivateFile, type UserId, writePrivateFile } from './privateFiles.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of everything sealed, so that another cipher can follow one day. */
const SEAL_FORMAT = 1;

/** The key of an installation. It never leaves this object; what is derived from it or sealed under it does. */
export class MasterKey {
  readonly #key: Uint8Array;
  readonly #sealingKey: Uint8Array;
  readonly #randomFill: RandomFill;

  /** @param key 32 random bytes */
  constructor(key: Uint8Array, randomFill: RandomFill) {
    this.#key = key;
    this.#sealingKey = this.#derive('mkiot seal');
    this.#randomFill = randomFill;
  }

  /** 32 bytes for one purpose (HKDF-SHA-256, RFC 5869): the same at each start, and nothing about any other purpose. */
  deriveKey(purpose: string): Uint8Array<ArrayBuffer> {
    return this.#derive(`mkiot key ${purpose}`);
  }

  /** Encrypts a secret for storage: AES-256-GCM with a random nonce. It can be opened for the same purpose only. */
  seal(purpose: string, secret: Uint8Array): Uint8Array<ArrayBuffer> {
    const nonce = this.#randomFill(new Uint8Array(NONCE_BYTES));
    const cipher = createCipheriv('aes-256-gcm', this.#sealingKey, nonce);
    cipher.setAAD(utf8Encode(purpose));
    const ciphertext = concatBytes(cipher.update(secret), cipher.final());
    return concatBytes(Uint8Array.of(SEAL_FORMAT), nonce, ciphertext, cipher.getAuthTag());
  }

  /** The secret that was sealed for `purpose`. @throws `SEAL_BROKEN` */
  unseal(purpose: string, sealed: Uint8Array): Uint8Array<ArrayBuffer> {
    if (sealed[0] !== SEAL_FORMAT || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) {
      throw dataFolderError('SEAL_BROKEN', { purpose });
    }
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#sealingKey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(utf8Encode(purpose));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return concatBytes(decipher.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final());
    } catch (error) {
      throw dataFolderError('SEAL_BROKEN', { purpose }, error);
    }
  }

  #derive(info: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(hkdfSync('sha256', this.#key, new Uint8Array(0), utf8Encode(info), KEY_BYTES));
  }
}

/** Makes the key file of a new installation. */
export async function createMasterKey(file: string, randomFill: RandomFill): Promise<MasterKey> {
  const key = randomFill(new Uint8Array(KEY_BYTES));
  await writePrivateFile(file, key);
  return new MasterKey(key, randomFill);
}

/** @throws `MASTER_KEY_DAMAGED`, `NOT_PRIVATE`, `OWNER_WRONG`, and the system's error when there is no such file */
export async function loadMasterKey(file: string, randomFill: RandomFill, userId: UserId): Promise<MasterKey> {
  const key = await readPrivateFile(file, userId);
  if (key.length !== KEY_BYTES) {
    throw dataFolderError('MASTER_KEY_DAMAGED', { file, found: key.length, expected: KEY_BYTES });
  }
  return new MasterKey(key, randomFill);
}
