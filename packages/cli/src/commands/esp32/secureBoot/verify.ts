import { toHex } from '@mkiot/core/bytes/bytes';
import { errorTable } from '@mkiot/core/errors/mkiotError';
import type { PublicKey } from '@mkiot/esp32/keys/keys';
import { verifyImageV1 } from '@mkiot/esp32/secureBoot/secureBootV1';
import { keyDigest } from '@mkiot/esp32/secureBoot/blockKey';
import {
  type BlockVerdict,
  type DigestSlot,
  findTrusted,
  verifySignedImage,
} from '@mkiot/esp32/secureBoot/verifySignedImage';
import type { Command } from 'commander';
import { many } from '../../../arguments.ts';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { readNamedFile } from '../../../namedFile.ts';
import { usageError } from '../../../usageErrors.ts';
import { readPublicKey } from '../keyFile.ts';
import { type SecureBootVersion, secureOption } from './secureOption.ts';

const findingError = errorTable({
  SECURE_BOOT_UNVERIFIED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: '{bad} of {blocks} signature blocks are not good. {problem}',
  },
  SECURE_BOOT_UNTRUSTED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The signatures are good, but none is by a key that was given and is not revoked: that chip would not boot it.',
  },
});

interface VerifyOptions {
  readonly keyfile: readonly string[];
  readonly revoked: readonly string[];
  readonly secure: SecureBootVersion;
}

export function addSecureBootVerify(secureBoot: Command, cli: Cli): void {
  addCommand(secureBoot, 'verify', {
    summary: 'Check the signatures of an image, and whether a chip with given keys would boot it',
    details:
      'Without a key it says whose signatures are good, not whether they are yours: compare the digests. Ends with exit ' +
      'code 1 when a signature is not good, or is by none of the keys.',
    examples: [
      'mkiot esp32 secure-boot verify app-signed.bin',
      'mkiot esp32 secure-boot verify --keyfile public.pem app-signed.bin',
      'mkiot esp32 secure-boot verify --keyfile second.pem --revoked first.pem app-signed.bin',
    ],
  })
    .argument('<file>', 'the signed image')
    .option(
      '--keyfile <file>',
      'a key that the chip has, as PEM, public or private; may be given more than once',
      many,
      [],
    )
    .option('--revoked <file>', 'a key that the chip has revoked; may be given more than once', many, [])
    .addOption(secureOption())
    .action(async (input: string, { keyfile, revoked, secure }: VerifyOptions) => {
      const file = await readNamedFile(input);
      const keys = await Promise.all(keyfile.map(readPublicKey));
      if (secure === 'v1') return verifyV1(file, keys, cli);
      const slots = await slotsOf(keys, await Promise.all(revoked.map(readPublicKey)));
      const verdicts = await verifySignedImage(file);
      await cli.output.result(verdicts.map(verdictJson), verdicts.map(verdictLine));
      const bad = verdicts.filter(({ problem }) => problem !== undefined);
      if (bad.length > 0) {
        const problem = bad[0]?.problem?.message;
        throw findingError('SECURE_BOOT_UNVERIFIED', { bad: bad.length, blocks: verdicts.length, problem });
      }
      if (slots.length > 0 && findTrusted(verdicts, slots) === undefined) throw findingError('SECURE_BOOT_UNTRUSTED');
    });
}

async function verifyV1(file: Uint8Array<ArrayBuffer>, keys: readonly PublicKey[], cli: Cli): Promise<void> {
  const [key, ...more] = keys;
  if (key === undefined || more.length > 0) throw usageError('SECURE_BOOT_V1_ONE_KEY');
  await verifyImageV1(file, key);
  await cli.output.result({ valid: true }, ['The signature is good and made by this key.']);
}

/** Slots as the chip has them: a key that is in both lists is revoked. */
async function slotsOf(keys: readonly PublicKey[], revoked: readonly PublicKey[]): Promise<readonly DigestSlot[]> {
  const revokedDigests = await Promise.all(revoked.map(keyDigest));
  const isRevoked = (digest: Uint8Array): boolean => revokedDigests.some((other) => toHex(other) === toHex(digest));
  const digests = [...(await Promise.all(keys.map(keyDigest))), ...revokedDigests];
  return digests.map((digest) => ({ digest, isRevoked: isRevoked(digest) }));
}

function verdictJson({ index, block, keyDigest, problem }: BlockVerdict) {
  return {
    block: index,
    algorithm: algorithmOf(block?.publicKey),
    keyDigest: keyDigest === undefined ? undefined : toHex(keyDigest),
    valid: problem === undefined,
    problem: problem?.code,
  };
}

function verdictLine({ index, block, keyDigest, problem }: BlockVerdict): string {
  if (problem !== undefined) return `Block ${index}: ${problem.message}`;
  return `Block ${index}: good, ${algorithmOf(block?.publicKey)}, key digest ${toHex(keyDigest ?? new Uint8Array())}`;
}

function algorithmOf(key: PublicKey | undefined): string | undefined {
  return key?.kind === 'EC' ? `ECDSA ${key.curve}` : key && 'RSA-3072';
}
