import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { addSecureBootDigest } from './digest.ts';
import { addSecureBootSign } from './sign.ts';
import { addSecureBootVerify } from './verify.ts';

export function addSecureBoot(esp32: Command, cli: Cli): void {
  const secureBoot = addCommand(esp32, 'secure-boot', {
    summary: 'Sign and verify images, and make the digests that a chip is given',
    details:
      'v2 is for all chips from ESP32 revision 3 on: RSA of 3072 bit, or ECDSA on P-192, P-256 or P-384, where the chip ' +
      'can. v1 is for older revisions of the ESP32: ECDSA on P-256.',
    examples: ['mkiot esp32 secure-boot sign --keyfile signing.pem --output app-signed.bin app.bin'],
  });
  addSecureBootSign(secureBoot, cli);
  addSecureBootVerify(secureBoot, cli);
  addSecureBootDigest(secureBoot, cli);
}
