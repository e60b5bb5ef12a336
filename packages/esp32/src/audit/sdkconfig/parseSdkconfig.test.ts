import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSdkconfig } from './parseSdkconfig.ts';

test('settings, what is switched off, and the version of ESP-IDF are read with their lines', () => {
  const { idfVersion, settings } = parseSdkconfig(
    [
      '#',
      '# Espressif IoT Development Framework (ESP-IDF) 5.1.4 Project Configuration',
      'CONFIG_IDF_TARGET="esp32"',
      '# CONFIG_NVS_ENCRYPTION is not set',
      'CONFIG_PARTITION_TABLE_OFFSET=0x8000\r',
      'CONFIG_A="say \\"hi\\""',
      'CONFIG_EMPTY=',
      '',
    ].join('\n'),
  );
  assert.equal(idfVersion, '5.1.4');
  assert.deepEqual(Object.fromEntries(settings), {
    IDF_TARGET: { value: 'esp32', line: 3 },
    NVS_ENCRYPTION: { value: 'n', line: 4 },
    PARTITION_TABLE_OFFSET: { value: '0x8000', line: 5 },
    A: { value: 'say "hi"', line: 6 },
    EMPTY: { value: 'n', line: 7 },
  });
});

test('a short header tells the version too, and without one there is none', () => {
  assert.equal(parseSdkconfig('# ESP-IDF 4.4\nCONFIG_A=y').idfVersion, '4.4');
  assert.equal('idfVersion' in parseSdkconfig('# Automatically generated file\nCONFIG_A=y'), false);
});

test('of a name that comes twice the later line counts', () => {
  assert.equal(parseSdkconfig('CONFIG_A=y\n# CONFIG_A is not set').settings.get('A')?.value, 'n');
});

test('a line that is no setting is told with its number, and a text without settings is refused', () => {
  assert.throws(() => parseSdkconfig('CONFIG_A=y\nhello'), { code: 'SDKCONFIG_LINE', context: { line: 2 } });
  assert.throws(() => parseSdkconfig('# a comment'), { code: 'SDKCONFIG_EMPTY' });
});

test('whatever value is written is read back', () => {
  const texts = fc.string().filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(texts, (text) => {
      const quoted = text.replaceAll(/["\\]/g, '\\$&');
      assert.equal(parseSdkconfig(`CONFIG_A="${quoted}"`).settings.get('A')?.value, text);
    }),
  );
});
