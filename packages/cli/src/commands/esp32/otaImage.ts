import { deviceKeyOf } from '@mkiot/esp32/encryptedImage/ecies';
import { decryptImage, encryptImage } from '@mkiot/esp32/encryptedImage/encryptedImage';
import type { PrivateKey, PublicKey } from '@mkiot/esp32/keys/keys';
import { parsePemKey, parsePemPrivateKey } from '@mkiot/esp32/keys/pemKeys';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { readNamedFile, writeNewFile } from '../../namedFile.ts';
import { nodeRsaPkcs1 } from '../../runtime/nodeRsaPkcs1.ts';

const HMAC_KEY_BYTES = 32;

interface OtaImageOptions {
  readonly keyfile: string;
  readonly output: string;
}

export function addOtaImage(esp32: Command, cli: Cli): void {
  const otaImage = addCommand(esp32, 'ota-image', {
    summary: 'Encrypt and decrypt images for updates over the air',
    details:
      "In the format of ESP-IDF's component esp_encrypted_img, for a device key of RSA-3072 or P-256. A device key that " +
      'follows from an HMAC key in the eFuses is given by the 32 bytes of that key.',
    examples: ['mkiot esp32 ota-image encrypt --keyfile device-public.pem --output app.enc app.bin'],
  });
  addCommand(otaImage, 'encrypt', {
    summary: 'Encrypt an image for the owner of a key',
    details: 'This keeps it from being read, not from being replaced: sign it before.',
    examples: ['mkiot esp32 ota-image encrypt --keyfile device-public.pem --output app.enc app.bin'],
  })
    .argument('<file>', 'the image')
    .requiredOption('--keyfile <file>', 'public key as PEM, or the HMAC key')
    .requiredOption('--output <file>', 'write the encrypted image to this file')
    .action(async (input: string, { keyfile, output }: OtaImageOptions) => {
      const key = await readKey(keyfile, parsePemKey);
      const encrypted = await encryptImage(await readNamedFile(input), key, nodeRsaPkcs1, cli.ports.random);
      await writeNewFile(output, encrypted, [input, keyfile]);
      await cli.output.result({ file: output, bytes: encrypted.length }, [`The encrypted image is in ${output}.`]);
    });
  addCommand(otaImage, 'decrypt', {
    summary: 'Decrypt an image with the key of its device',
    examples: ['mkiot esp32 ota-image decrypt --keyfile device.pem --output app.bin app.enc'],
  })
    .argument('<file>', 'the encrypted image')
    .requiredOption('--keyfile <file>', 'private key as PEM, or the HMAC key')
    .requiredOption('--output <file>', 'write the image to this file')
    .action(async (input: string, { keyfile, output }: OtaImageOptions) => {
      const key = await readKey(keyfile, parsePemPrivateKey);
      const image = await decryptImage(await readNamedFile(input), key, nodeRsaPkcs1);
      await writeNewFile(output, image, [input, keyfile]);
      await cli.output.result({ file: output, bytes: image.length }, [`The image is in ${output}.`]);
    });
}

async function readKey<Key extends PublicKey>(path: string, parse: (pem: string) => Key): Promise<Key | PrivateKey> {
  const bytes = await readNamedFile(path);
  return bytes.length === HMAC_KEY_BYTES ? deviceKeyOf(bytes) : parse(Buffer.from(bytes).toString('latin1'));
}
