import assert from 'node:assert/strict';
import { test } from 'node:test';
import { burned, ruleChecks, subjectOf } from '../subject.testing.ts';
import { basicOn } from './basicOn.ts';
import { jtagOn } from './jtagOn.ts';
import { softJtagWithoutKey } from './softJtagWithoutKey.ts';

const OTHER_LINE = 'I (746) boot: ESP-IDF v4.2.2 2nd stage bootloader';

const checks = ruleChecks([
  {
    rule: jtagOn,
    sees: [
      ['an open ESP32', { efuse: burned('esp32', 'FLASH_CRYPT_CNT') }],
      ['an S3 whose USB is open', { efuse: burned('esp32s3', 'SPI_BOOT_CRYPT_CNT, DIS_PAD_JTAG') }],
      ['an S3 whose soft lock has an even number of bits', { efuse: burned('esp32s3', 'SOFT_DIS_JTAG=3') }],
      ['the warning of the first boot', { log: 'W (208) flash_encrypt: Not disabling JTAG - SECURITY COMPROMISED' }],
      [
        'the warning of an app on a later chip',
        { log: 'W (199) flash_encrypt: Not disabled USB JTAG (set DIS_USB_JTAG->1)' },
      ],
    ],
    passes: [
      ['a closed ESP32', { efuse: burned('esp32', 'JTAG_DISABLE') }],
      ['a closed S2', { efuse: burned('esp32s2', 'HARD_DIS_JTAG') }],
      ['a closed C2', { efuse: burned('esp32c2', 'DIS_PAD_JTAG') }],
      ['an S3 that is closed softly', { efuse: burned('esp32s3', 'SOFT_DIS_JTAG=7') }],
      ['the line that tells of the burn', { log: 'I (1) flash_encrypt: Disable hardware & software JTAG...' }],
    ],
    notJudged: [['a log without a word of it', { log: OTHER_LINE }]],
  },
  {
    rule: softJtagWithoutKey,
    sees: [['a soft lock without a key', { efuse: burned('esp32s3', 'SOFT_DIS_JTAG=7') }]],
    passes: [
      ['a soft lock with its key', { efuse: burned('esp32s3', 'SOFT_DIS_JTAG=7, key BLOCK_KEY1, KEY_PURPOSE_1=6') }],
      ['a soft lock beside a hard one', { efuse: burned('esp32s3', 'SOFT_DIS_JTAG=7, DIS_PAD_JTAG, DIS_USB_JTAG') }],
      ['an open chip, which jtag-on sees', { efuse: burned('esp32s3', '') }],
      ['an ESP32, which has none', { efuse: burned('esp32', '') }],
    ],
  },
  {
    rule: basicOn,
    sees: [
      ['the open eFuse', { efuse: burned('esp32', 'FLASH_CRYPT_CNT') }],
      ['the warning', { log: 'W (212) flash_encrypt: Not disabling ROM BASIC fallback - SECURITY COMPROMISED' }],
    ],
    passes: [
      ['the burned eFuse', { efuse: burned('esp32', 'CONSOLE_DEBUG_DISABLE') }],
      ['a chip without BASIC', { efuse: burned('esp32c3', '') }],
    ],
    notJudged: [['a log without a word of it', { log: OTHER_LINE }]],
  },
]);

for (const { name, run } of checks) test(name, run);

test('an eFuse that an old summary leaves out may be open, so closed ones beside it prove nothing', () => {
  const closed = burned('esp32s3', 'DIS_PAD_JTAG');
  const told = new Set(['WR_DIS', 'RD_DIS', 'SPI_BOOT_CRYPT_CNT', 'DIS_PAD_JTAG']);
  assert.ok('notJudged' in jtagOn.check(subjectOf({ efuse: { ...closed, told } })));
});
