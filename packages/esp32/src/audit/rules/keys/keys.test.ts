import { fromHex } from '../../../vectors.testing.ts';
import { test } from 'node:test';
import { CHIPS } from '../../../chips/chips.ts';
import { blankEfuses, burnEfuses } from '../../../efuse/burnEfuses.ts';
import { burned, ruleChecks } from '../subject.testing.ts';
import { knownKeyInEfuse } from './knownKeyInEfuse.ts';

const holding = (bytes: Uint8Array) => ({
  efuse: burnEfuses(blankEfuses(CHIPS.esp32, 300), { kind: 'key', field: 'BLOCK1', bytes }),
});
/** esptool, test/secure_images/rsa_public_key_digest.bin and 256bit_key.bin. */
const digest = fromHex('cb2791a371b0c0322bf7370478ba0962224cab1cf2287879e429673e7da84463');
const flashKey = fromHex('e63e5c272ae7e59bc31838258ede071e712bdd3812c0c24c6d2abb4587a299df');

const checks = ruleChecks([
  {
    rule: knownKeyInEfuse,
    sees: [
      [
        'a published digest',
        { efuse: burnEfuses(blankEfuses(CHIPS.esp32, 300), { kind: 'key', field: 'BLOCK2', bytes: digest }) },
      ],
      ['a published flash key as burn-key stores it', holding(flashKey.toReversed())],
      ['a published flash key that was burned unreversed', holding(flashKey)],
      ['bytes that are all alike', holding(new Uint8Array(32).fill(0x55))],
      ['bytes that count up', holding(Uint8Array.from({ length: 32 }, (_, index) => index))],
    ],
    passes: [
      ['another key', { efuse: burned('esp32', 'key BLOCK1') }],
      ['an empty block', { efuse: burned('esp32', '') }],
      ['a published key with one bit more', holding(flashKey.with(0, (flashKey[0] ?? 0) ^ 1))],
      [
        'a known key that nobody can read',
        { efuse: burnEfuses(holding(flashKey).efuse, { kind: 'read-protect', field: 'BLOCK1' }) },
      ],
    ],
  },
]);

for (const { name, run } of checks) test(name, run);
