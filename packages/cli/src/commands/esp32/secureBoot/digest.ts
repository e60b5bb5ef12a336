import { toHex } from '@mkiot/core/bytes/bytes';
import { parsePemPrivateKey } from '@mkiot/esp32/keys/pemKeys';
import { digestBootloader, IV_BYTES, reflashableKey } from '@mkiot/esp32/secureBoot/secureBootV1';
import { keyDigest } from '@mkiot/esp32/secureBoot/blockKey';
import { type Command, Option } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { readNamedFile, SECRET_FILE, writeNewFile } from '../../../namedFile.ts';
import { nodeAes } from '../../../runtime/nodeAes.ts';
import { usageError } from '../../../usageErrors.ts';
import { readPem, readPublicKey } from '../keyFile.ts';
import { type SecureBootVersion, secureOption } from './secureOption.ts';

interface DigestOptions {
  readonly keyfile: string;
  readonly iv?: string;
  readonly keyLength: string;
  readonly secure: SecureBootVersion;
  readonly output?: string;
}

export function addSecureBootDigest(secureBoot: Command, cli: Cli): void {
  addCommand(secureBoot, 'digest', {
    summary: "Make what the chip's eFuses are given",
    details:
      'v2: the SHA-256 digest of a public key. v1 without a bootloader: the secret bootloader key that follows from a ' +
      'signing key. v1 with a bootloader: the file for flash address 0, made with such a key; --keyfile is then that key.',
    examples: [
      'mkiot esp32 secure-boot digest --keyfile signing.pem --output digest.bin',
      'mkiot esp32 secure-boot digest --secure v1 --keyfile signing.pem --output bootloader.key',
      'mkiot esp32 secure-boot digest --secure v1 --keyfile bootloader.key --output at-0x0.bin bootloader.bin',
    ],
  })
    .argument('[bootloader]', 'bootloader image (v1)')
    .requiredOption('--keyfile <file>', 'key as PEM; with a bootloader the 32 or 24 bytes of the bootloader key')
    .option('--iv <file>', '128 bytes in place of random ones, for tests alone (v1 with a bootloader)')
    .addOption(new Option('--key-length <bits>', 'of the bootloader key (v1)').choices(['192', '256']).default('256'))
    .addOption(secureOption())
    .option('--output <file>', 'write it to this file; needed for v1')
    .action(async (bootloader: string | undefined, options: DigestOptions) => {
      const { secure, keyfile, output } = options;
      if (secure === 'v2') {
        if (bootloader !== undefined) throw usageError('SECURE_BOOT_V2_NO_BOOTLOADER');
        const digest = await keyDigest(await readPublicKey(keyfile));
        if (output !== undefined) await writeNewFile(output, digest, [keyfile]);
        return cli.output.result({ keyDigest: toHex(digest) }, [`Key digest: ${toHex(digest)}`]);
      }
      if (output === undefined) throw usageError('SECURE_BOOT_V1_OUTPUT');
      if (bootloader === undefined) {
        const key = await reflashableKey(
          parsePemPrivateKey(await readPem(keyfile)),
          options.keyLength === '192' ? 24 : 32,
        );
        await writeNewFile(output, key, [keyfile], SECRET_FILE);
        return cli.output.result({ file: output }, [`The secret bootloader key is in ${output}.`]);
      }
      const iv =
        options.iv === undefined ? cli.ports.random(new Uint8Array(IV_BYTES)) : await readNamedFile(options.iv);
      const key = await readNamedFile(keyfile);
      const digested = await digestBootloader(key, iv, await readNamedFile(bootloader), nodeAes);
      await writeNewFile(output, digested, [keyfile, bootloader]);
      return cli.output.result({ file: output }, [`Digest and bootloader, for flash address 0, are in ${output}.`]);
    });
}
