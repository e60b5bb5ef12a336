import { test } from 'node:test';
import type { FlashDump } from '../../flash/flashDump.ts';
import type { PublicKey } from '../../../keys/keys.ts';
import { burned, ruleChecks, subjectOf, type SubjectParts } from '../subject.testing.ts';
import { sharedKey } from './sharedKey.ts';

function bootloader(seed: number, kind: 'encrypted' | 'plain' = 'encrypted'): FlashDump {
  const bytes = Uint8Array.from({ length: 0x1000 }, (_, index) => (index * seed) & 0xff);
  const region = {
    name: 'bootloader',
    offset: 0,
    size: 0x1000,
    content: kind,
    readable: bytes,
    isDecrypted: false,
  } as const;
  return { bytes, regions: [region], sectors: [kind], nvs: [], secrets: [] };
}

const twoDevices = (one: SubjectParts, other: SubjectParts): SubjectParts => ({ ...one, batch: [subjectOf(other)] });
const key = (x: bigint, source = 'a.pem') => ({
  publicKeys: [{ source, value: { kind: 'EC', curve: 'P-256', x, y: 2n } satisfies PublicKey as PublicKey }],
});

const checks = ruleChecks([
  {
    rule: sharedKey,
    sees: [
      ['the same ciphertext of a bootloader', twoDevices({ flash: bootloader(3) }, { flash: bootloader(3) })],
      [
        'the same readable flash key',
        twoDevices({ efuse: burned('esp32', 'key BLOCK1') }, { efuse: burned('esp32', 'key BLOCK1') }),
      ],
      ['the same public key', twoDevices(key(1n), key(1n, 'b.pem'))],
    ],
    passes: [
      ['other ciphertext', twoDevices({ flash: bootloader(3) }, { flash: bootloader(5) })],
      [
        'the same bootloader in clear',
        twoDevices({ flash: bootloader(3, 'plain') }, { flash: bootloader(3, 'plain') }),
      ],
      [
        'the same digest of secure boot, which a product shares',
        twoDevices(
          { efuse: burned('esp32s3', 'key BLOCK_KEY2, KEY_PURPOSE_2=9') },
          { efuse: burned('esp32s3', 'key BLOCK_KEY2, KEY_PURPOSE_2=9') },
        ),
      ],
      ['other public keys', twoDevices(key(1n), key(3n, 'b.pem'))],
    ],
    notJudged: [['one device', { efuse: burned('esp32', 'key BLOCK1') }]],
  },
]);

for (const { name, run } of checks) test(name, run);
