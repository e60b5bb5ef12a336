import { fromHex } from '../../../vectors.testing.ts';
import { test } from 'node:test';
import { CHIPS } from '../../../chips/chips.ts';
import { blankEfuses, burnEfuses } from '../../../efuse/burnEfuses.ts';
import { burned, ruleChecks } from '../subject.testing.ts';
import { knownKeyInEfuse } from './knownKeyInEfuse.ts';
import { PUBLISHED_DIGESTS, PUBLISHED_FLASH_KEYS } from './publishedKeys.ts';

const holding = (bytes: Uint8Array) => ({
  efuse: burnEfuses(blankEfuses(CHIPS.esp32, 300), { kind: 'key', field: 'BLOCK1', bytes }),
});
const bytesOf = (hex = ''): Uint8Array => fromHex(hex);
const digest = bytesOf(PUBLISHED_DIGESTS[0]?.hex);
const flashKey = bytesOf(PUBLISHED_FLASH_KEYS[0]?.hex);

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
