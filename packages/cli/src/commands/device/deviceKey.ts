import type { DeviceCredential, PublicKeyFormat } from '@mkiot/core/api/resources';
import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { errorTable } from '@mkiot/core/errors/mkiotError';
import { importVerifyingKey } from '@mkiot/server/runtime/nodeCrypto';
import { pemBlocks } from '@mkiot/server/runtime/pem';
import { createHash, createPublicKey } from 'node:crypto';
import { readNamedFile } from '../../namedFile.ts';

const deviceKeyError = errorTable({
  KEY_FILE_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The file {path} was not sent as a key of the device. {reason}',
  },
});

/** A device's public key from a PEM file, checked before it leaves this machine: a private key never does. */
export async function readDeviceKey(path: string, expirationTime?: string): Promise<DeviceCredential> {
  const file = await readNamedFile(path);
  try {
    const key = utf8Decode(file);
    const format = formatOf(key);
    importVerifyingKey(key, format);
    return { publicKey: { format, key }, ...(expirationTime === undefined ? {} : { expirationTime }) };
  } catch (error) {
    throw deviceKeyError('KEY_FILE_UNFIT', { path, reason: (error as Error).message }, error);
  }
}

/** The format that fits the contents; what fits none is refused by the import that follows, with the reason. */
function formatOf(pem: string): PublicKeyFormat {
  const [block] = pemBlocks(pem);
  const isCertificate = block?.label === 'CERTIFICATE';
  if (block !== undefined && isRsa(block.text)) return isCertificate ? 'RSA_X509_PEM' : 'RSA_PEM';
  return isCertificate ? 'ES256_X509_PEM' : 'ES256_PEM';
}

function isRsa(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/** SHA-256 of a key's SubjectPublicKeyInfo, by which people tell keys apart; the same for a key and its certificate. */
export function keyFingerprint({ publicKey }: DeviceCredential): string {
  const spki = createPublicKey(publicKey.key).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}
