import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, makeBoardFolder, naming, syncFolder, writeSynced } from './durableFile.ts';
import { nodeBoardError } from './nodeBoardErrors.ts';

const KEY_FILE = 'device-key.pem';

/**
 * Makes the device's key in `folder` if it has none, and answers the public half for the registry. The private half never
 * leaves the folder. @throws `KEY_FILE_…`, `BOARD_FILE_UNUSABLE`
 */
export async function createDeviceKey(folder: string): Promise<{ readonly publicKeyPem: string }> {
  const { publicKeyPem } = await openDeviceKey(folder);
  return { publicKeyPem };
}

/** The device's key in `folder`, made at the first start. @throws as {@link createDeviceKey} */
export async function openDeviceKey(folder: string): Promise<SigningKey> {
  await makeBoardFolder(folder);
  const file = join(folder, KEY_FILE);
  const pem = (await readKeyFile(file)) ?? (await makeKeyFile(file));
  return signingKey(parseKey(pem, file));
}

/** Makes the file if it is not there: two that start together end with one key. */
async function makeKeyFile(file: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const fresh = `${file}.${randomUUID()}.new`;
  await naming(file, async () => {
    await writeSynced(fresh, new TextEncoder().encode(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    try {
      // Unlike a rename this never replaces a key, and unlike a plain write it never leaves half of one.
      await link(fresh, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      await rm(fresh, { force: true });
    }
    await syncFolder(dirname(file));
  });
  const pem = await readKeyFile(file);
  if (pem === undefined) throw nodeBoardError('KEY_FILE_INVALID', { file });
  return pem;
}

async function readKeyFile(file: string): Promise<string | undefined> {
  return naming(file, async () => {
    const handle = await open(file, 'r').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (handle === undefined) return undefined;
    try {
      // Windows has no such bits.
      const mode = (await handle.stat()).mode & 0o777;
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        throw nodeBoardError('KEY_FILE_OPEN_TO_OTHERS', { file, mode: mode.toString(8) });
      }
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  });
}

function parseKey(pem: string, file: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The parser's error is dropped, lest a part of a key ever stand in a log.
    throw nodeBoardError('KEY_FILE_INVALID', { file });
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw nodeBoardError('KEY_FILE_INVALID', { file });
  return key;
}

function signingKey(key: KeyObject): SigningKey {
  return {
    algorithm: 'ES256',
    publicKeyPem: createPublicKey(key).export({ type: 'spki', format: 'pem' }),
    // A fifth of a millisecond once a connection: not worth a thread.
    sign: (data) => Promise.resolve(sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })),
  };
}
