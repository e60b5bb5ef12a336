import { signImageV1 } from '@mkiot/esp32/secureBoot/secureBootV1';
import { signImage } from '@mkiot/esp32/secureBoot/signImage';
import type { SecureBootSigner } from '@mkiot/esp32/secureBoot/signer';
import type { Command } from 'commander';
import { many } from '../../../arguments.ts';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { readNamedFile, writeNewFile } from '../../../namedFile.ts';
import { commandSigner } from '../../../runtime/commandSigner.ts';
import { nodeSigner } from '../../../runtime/nodeSigner.ts';
import { usageError } from '../../../usageErrors.ts';
import { readPem, readPublicKey } from '../keyFile.ts';
import { type SecureBootVersion, secureOption } from './secureOption.ts';

interface SignOptions {
  readonly keyfile?: readonly string[];
  readonly signCommand?: string;
  readonly publicKey?: string;
  readonly appendSignatures?: boolean;
  readonly secure: SecureBootVersion;
  readonly output: string;
}

export function addSecureBootSign(secureBoot: Command, cli: Cli): void {
  addCommand(secureBoot, 'sign', {
    summary: 'Sign an image with one key or, for v2, with up to three',
    details:
      'The ESP32 and the ESP32-C2 look at the first signature alone. With --sign-command the key needs to be in no file: ' +
      'the command is given the digest of the image as its input, SHA-256 (for P-384 SHA-384), and answers with the ' +
      'signature. Each signature is verified before the image is written.',
    examples: [
      'mkiot esp32 secure-boot sign --keyfile signing.pem --output app-signed.bin app.bin',
      'mkiot esp32 secure-boot sign --append-signatures --keyfile second.pem --output app-2.bin app-signed.bin',
      'mkiot esp32 secure-boot sign --sign-command "./sign.sh" --public-key public.pem --output app-signed.bin app.bin',
    ],
  })
    .argument('<file>', 'the image')
    .option('--keyfile <file>', 'private key as PEM; for more keys, give it more than once', many)
    .option('--sign-command <command>', 'a command of the shell that signs a digest')
    .option('--public-key <file>', 'the public key of that command as PEM')
    .option('--append-signatures', 'keep the signatures that the image has')
    .addOption(secureOption())
    .requiredOption('--output <file>', 'write the signed image to this file')
    .action(async (input: string, options: SignOptions) => {
      const { secure, output, keyfile: keyFiles = [], appendSignatures = false } = options;
      const signers = await signersOf(options, cli);
      const [signer, ...more] = signers;
      if (signer === undefined) throw usageError('SIGNING_KEY_MISSING');
      if (secure === 'v1' && (more.length > 0 || appendSignatures)) throw usageError('SECURE_BOOT_V1_ONE_KEY');
      const image = await readNamedFile(input);
      const signed =
        secure === 'v1' ? await signImageV1(image, signer) : await signImage(image, signers, appendSignatures);
      await writeNewFile(output, signed, [input, ...keyFiles]);
      const result = { file: output, bytes: signed.length, keys: signers.length };
      await cli.output.result(result, [`${output} is signed with ${signers.length} key${more.length > 0 ? 's' : ''}.`]);
    });
}

async function signersOf(options: SignOptions, cli: Cli): Promise<readonly SecureBootSigner[]> {
  const { keyfile: keyFiles = [], signCommand, publicKey } = options;
  const signers = await Promise.all(keyFiles.map(async (file) => nodeSigner(await readPem(file))));
  if (signCommand === undefined && publicKey === undefined) return signers;
  if (signCommand === undefined || publicKey === undefined) throw usageError('SIGN_COMMAND_NEEDS_KEY');
  return [...signers, commandSigner(signCommand, await readPublicKey(publicKey), cli.ports.signal)];
}
