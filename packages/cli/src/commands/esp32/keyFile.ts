import type { PublicKey } from '@mkiot/esp32/keys/keys';
import { parsePemKey } from '@mkiot/esp32/keys/pemKeys';
import { parseRawPublicKey } from '@mkiot/esp32/secureBoot/secureBootV1';
import { readNamedFile } from '../../namedFile.ts';

/** The text of a PEM file; a binary file gives a text that is no PEM. */
export async function readPem(path: string): Promise<string> {
  return Buffer.from(await readNamedFile(path)).toString('latin1');
}

/** The public key in a PEM file, that of a private key too, or in the 64 raw bytes of `espsecure extract-public-key`. */
export async function readPublicKey(path: string): Promise<PublicKey> {
  const bytes = await readNamedFile(path);
  return bytes.length === 64 ? parseRawPublicKey(bytes) : parsePemKey(Buffer.from(bytes).toString('latin1'));
}
