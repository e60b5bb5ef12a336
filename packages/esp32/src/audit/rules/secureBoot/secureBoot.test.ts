import assert from 'node:assert/strict';
import { test } from 'node:test';
import { burned, observed, ruleChecks } from '../subject.testing.ts';
import { directBootOpen } from './directBootOpen.ts';
import { rdDisOpen } from './rdDisOpen.ts';
import { sb1KeyReadable } from './sb1KeyReadable.ts';
import { sbAggressiveRevokeOff } from './sbAggressiveRevokeOff.ts';
import { sbDigestEmpty } from './sbDigestEmpty.ts';
import { sbDigestNotWp } from './sbDigestNotWp.ts';
import { sbDigestReadProtected } from './sbDigestReadProtected.ts';
import { sbOff } from './sbOff.ts';
import { sbSlotsOpen } from './sbSlotsOpen.ts';
import { sbV1OnOldRev } from './sbV1OnOldRev.ts';
import { sbWithoutEffect } from './sbWithoutEffect.ts';

const DIGEST = 'key BLOCK_KEY2, KEY_PURPOSE_2=9';
const OTHER_LINE = 'I (746) boot: ESP-IDF v4.2.2 2nd stage bootloader';

const checks = ruleChecks([
  {
    rule: sbOff,
    sees: [
      ['a blank ESP32', { efuse: burned('esp32', '') }],
      ['a blank C3', { efuse: burned('esp32c3', '') }],
      ['an old ESP32 that ignores version 2', { efuse: burned('esp32', 'ABS_DONE_1', 100) }],
    ],
    passes: [
      ['version 1', { efuse: burned('esp32', 'ABS_DONE_0') }],
      ['version 2', { efuse: burned('esp32', 'ABS_DONE_1') }],
      ['an S3 that is on', { efuse: burned('esp32s3', 'SECURE_BOOT_EN') }],
      ['what the ROM says', { log: 'secure boot verification succeeded' }],
    ],
    notJudged: [['a log without a word of it', { log: OTHER_LINE }]],
  },
  {
    rule: sbV1OnOldRev,
    sees: [
      ['version 1 on revision 1', { efuse: burned('esp32', 'ABS_DONE_0', 100) }],
      ['version 1 on revision 3', { efuse: burned('esp32', 'ABS_DONE_0') }],
    ],
    passes: [
      ['version 2, which goes before', { efuse: burned('esp32', 'ABS_DONE_0, ABS_DONE_1') }],
      ['no secure boot', { efuse: burned('esp32', '') }],
    ],
  },
  {
    rule: sbWithoutEffect,
    sees: [
      ['version 2 on revision 1', { efuse: burned('esp32', 'ABS_DONE_1', 100) }],
      ['version 2 under a coding scheme', { efuse: burned('esp32', 'ABS_DONE_1, CODING_SCHEME=1') }],
    ],
    passes: [
      ['version 2 on revision 3', { efuse: burned('esp32', 'ABS_DONE_1') }],
      ['a coding scheme alone', { efuse: burned('esp32', 'CODING_SCHEME=1') }],
    ],
  },
  {
    rule: sbDigestReadProtected,
    sees: [
      ['an unreadable digest of the S3', { efuse: burned('esp32s3', `${DIGEST}, rp BLOCK_KEY2, SECURE_BOOT_EN`) }],
      ['an unreadable digest of the ESP32', { efuse: burned('esp32', 'key BLOCK2, rp BLOCK2, ABS_DONE_1') }],
      [
        'what the check of an app says',
        { log: 'E (1) secure_boot: Secure boot key in BLOCK6 must NOT be read-protected (can not be used)' },
      ],
    ],
    passes: [
      ['a readable digest', { efuse: burned('esp32s3', `${DIGEST}, SECURE_BOOT_EN`) }],
      ['an unreadable key of version 1', { efuse: burned('esp32', 'key BLOCK2, rp BLOCK2, ABS_DONE_0') }],
    ],
  },
  {
    rule: sbDigestEmpty,
    sees: [
      ['an ESP32 without a digest', { efuse: burned('esp32', 'ABS_DONE_1') }],
      ['an S3 without a digest', { efuse: burned('esp32s3', 'SECURE_BOOT_EN') }],
      [
        'an S3 whose digest is revoked',
        { efuse: burned('esp32s3', `${DIGEST}, SECURE_BOOT_EN, SECURE_BOOT_KEY_REVOKE0`) },
      ],
    ],
    passes: [
      ['a digest', { efuse: burned('esp32s3', `${DIGEST}, SECURE_BOOT_EN`) }],
      [
        'a digest whose neighbours are revoked',
        { efuse: burned('esp32s3', `${DIGEST}, SECURE_BOOT_EN, SECURE_BOOT_KEY_REVOKE1`) },
      ],
      ['secure boot that is off', { efuse: burned('esp32s3', '') }],
    ],
  },
  {
    rule: sbDigestNotWp,
    sees: [
      ['a digest that can be changed', { efuse: burned('esp32', 'key BLOCK2, ABS_DONE_1') }],
      ['a purpose that can be changed', { efuse: burned('esp32s3', `${DIGEST}, wp BLOCK_KEY2, SECURE_BOOT_EN`) }],
    ],
    passes: [
      ['a digest that is locked', { efuse: burned('esp32', 'key BLOCK2, wp BLOCK2, ABS_DONE_1') }],
      [
        'one that is locked with its purpose',
        { efuse: burned('esp32s3', `${DIGEST}, wp BLOCK_KEY2, wp KEY_PURPOSE_2, SECURE_BOOT_EN`) },
      ],
    ],
  },
  {
    rule: sbSlotsOpen,
    sees: [
      ['two free slots', { efuse: burned('esp32s3', `${DIGEST}, SECURE_BOOT_EN`) }],
      [
        'the warning of ESP-IDF 4.4',
        {
          log: 'W (1) secure_boot: Unused SECURE_BOOT_DIGEST1 should be revoked. It will not be fixed due to the config',
        },
      ],
      [
        'the warning of late ESP-IDF 5',
        {
          log: 'W (1) secure_boot_v2: Unused key digest slot (1) left un-revoked due to the config SECURE_BOOT_ALLOW_UNUSED_DIGEST_SLOTS',
        },
      ],
    ],
    passes: [
      [
        'free slots that are revoked',
        { efuse: burned('esp32s3', `${DIGEST}, SECURE_BOOT_EN, SECURE_BOOT_KEY_REVOKE1, SECURE_BOOT_KEY_REVOKE2`) },
      ],
      ['a chip with one key', { efuse: burned('esp32', 'ABS_DONE_1') }],
      ['what is being mended', { log: 'W (163) secure_boot: Unused SECURE_BOOT_DIGEST1 should be revoked. Fixing..' }],
    ],
  },
  {
    rule: rdDisOpen,
    sees: [
      ['an open RD_DIS', { efuse: burned('esp32s3', 'SECURE_BOOT_EN') }],
      [
        'the warning',
        { log: 'W (1) secure_boot_v2: Allowing read disabling of additional efuses - SECURITY COMPROMISED' },
      ],
    ],
    passes: [
      ['a locked RD_DIS', { efuse: burned('esp32s3', 'SECURE_BOOT_EN, wp RD_DIS') }],
      ['version 1, whose key has to be hidden', { efuse: burned('esp32', 'ABS_DONE_0') }],
    ],
  },
  {
    rule: sb1KeyReadable,
    sees: [
      ['a readable key', { efuse: burned('esp32', 'key BLOCK2, ABS_DONE_0') }],
      [
        'the error of the bootloader',
        { log: 'E (1) secure_boot: Pre-loaded key is not read protected. Refusing to blow secure boot efuse.' },
      ],
    ],
    passes: [
      ['a hidden key', { efuse: burned('esp32', 'key BLOCK2, rp BLOCK2, ABS_DONE_0') }],
      ['the digest of version 2', { efuse: burned('esp32', 'key BLOCK2, ABS_DONE_1') }],
    ],
  },
  {
    rule: sbAggressiveRevokeOff,
    sees: [['an S3 that keeps a key whatever fails', { efuse: burned('esp32s3', 'SECURE_BOOT_EN') }]],
    passes: [
      ['one that retires it', { efuse: burned('esp32s3', 'SECURE_BOOT_EN, SECURE_BOOT_AGGRESSIVE_REVOKE') }],
      ['secure boot that is off', { efuse: burned('esp32s3', '') }],
    ],
  },
  {
    rule: directBootOpen,
    sees: [
      ['an open C3', { efuse: burned('esp32c3', 'SPI_BOOT_CRYPT_CNT') }],
      ['an S2 of which one of two is burned', { efuse: burned('esp32s2', 'DIS_LEGACY_SPI_BOOT') }],
      [
        'the warning of an app',
        { log: 'W (199) flash_encrypt: Not disabled direct boot mode (set DIS_DIRECT_BOOT->1)' },
      ],
    ],
    passes: [
      ['a closed C3', { efuse: burned('esp32c3', 'DIS_DIRECT_BOOT') }],
      ['an ESP32, which has none', { efuse: burned('esp32', '') }],
    ],
  },
]);

for (const { name, run } of checks) test(name, run);

test('without secure boot and without flash encryption nothing stands between an attacker and the device', () => {
  assert.deepEqual(observed(sbOff, { efuse: burned('esp32c3', '') }), ['critical']);
  assert.deepEqual(observed(sbOff, { efuse: burned('esp32c3', 'SPI_BOOT_CRYPT_CNT') }), ['high']);
});
