import { efuseVector } from '@mkiot/esp32/efuse/efuse.vectors';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../cli.testing.ts';

const vector = (name: string): string => fileURLToPath(efuseVector(name));
const plan = (...words: readonly string[]) => runCli(['esp32', 'plan', ...words]);

interface PlanJson {
  readonly chip: string;
  readonly assumedBlank: boolean;
  readonly steps: readonly { id: string; reversible: boolean; commands: readonly string[] }[];
  readonly sdkconfig: Readonly<Record<string, string>>;
  readonly partitions: readonly string[];
}

test('the plan for production names every burn, what cannot be undone, settings and partitions', async () => {
  const { exitCode, stdout, stderr } = await plan('--chip', 'esp32', '--profile', 'production');
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.match(stdout, /flash-key {2}\[CANNOT BE UNDONE\]/);
  assert.match(stdout, /\$ espefuse --chip esp32 --port PORT burn-key flash_encryption flash\.key/);
  assert.match(stdout, /\$ espefuse --chip esp32 --port PORT burn-efuse UART_DOWNLOAD_DIS 1/);
  assert.match(stdout, /CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE=y/);
  assert.match(stdout, /nvs_keys, ?data, ?nvs_keys/);
  assert.ok(stdout.indexOf('close-loader') > stdout.indexOf('protect-read-protection'));
});

test('the plan for programs tells which steps cannot be undone', async () => {
  const { stdout } = await plan(
    '--chip',
    'ESP32-S3',
    '--profile',
    'production',
    '--key-bits',
    '512',
    '--format',
    'json',
  );
  const { chip, assumedBlank, steps, sdkconfig } = JSON.parse(stdout) as PlanJson;
  assert.deepEqual([chip, assumedBlank, sdkconfig['SECURE_BOOT']], ['esp32s3', true, 'y']);
  const key = steps.find(({ id }) => id === 'flash-key');
  assert.deepEqual(
    [key?.reversible, key?.commands],
    [false, ['espefuse --chip esp32s3 --port PORT burn-key BLOCK_KEY0 flash.key XTS_AES_256_KEY']],
  );
  assert.equal(steps.find(({ id }) => id === 'build')?.reversible, true);
  assert.deepEqual(
    steps.filter(({ reversible }) => !reversible).map(({ id }) => id),
    [
      'flash-key',
      'digest',
      'secure-boot',
      'revoke-slots',
      'counter',
      'close',
      'protect-cache',
      'protect-read-protection',
      'close-loader',
    ],
  );
});

test('the settings alone can be written to sdkconfig.defaults', async () => {
  const { stdout } = await plan('--chip', 'esp32c3', '--profile', 'development', '--format', 'sdkconfig');
  assert.match(stdout, /^CONFIG_IDF_TARGET="esp32c3"\n(?:(?:CONFIG_\w+=.*|# CONFIG_\w+ is not set)\n)+$/);
  assert.match(stdout, /CONFIG_SECURE_FLASH_ENCRYPTION_MODE_DEVELOPMENT=y/);
});

test('a chip that is there already has nothing left to do', async () => {
  const file = vector('esp32-rev3-sbv2-fe-release-locked.summary.txt');
  const { exitCode, stdout } = await plan('--chip', 'esp32', '--profile', 'production', '--current', file);
  assert.equal(exitCode, 0);
  assert.match(stdout, /Nothing is left to burn/);
});

test('what can not be reached is refused with the eFuse, and so is an order that dead-ends', async () => {
  const order =
    'close-loader,flash-key,digest,secure-boot,revoke-slots,counter,close,protect-cache,protect-read-protection';
  for (const [words, code, says] of [
    [
      ['--chip', 'esp32', '--profile', 'production', '--current', vector('esp32-fe-release-sbv1.joint.bin')],
      'PLAN_SILICON',
      /revision/,
    ],
    [
      ['--chip', 'esp32', '--profile', 'development', '--current', vector('esp32-fe-release-sbv1.joint.bin')],
      'PLAN_UNREACHABLE',
      /DISABLE_DL_ENCRYPT/,
    ],
    [
      ['--chip', 'esp32s3', '--profile', 'production', '--order', order],
      'PLAN_WRONG_ORDER',
      /ENABLE_SECURITY_DOWNLOAD/,
    ],
    [['--chip', 'esp32s3', '--profile', 'production', '--order', 'dance'], 'PLAN_MISSING_STEP', /flash-key/],
    [['--chip', 'esp32c3', '--profile', 'production', '--key-bits', '512'], 'PLAN_KEY_BITS', /256/],
    [
      ['--chip', 'esp32s3', '--profile', 'production', '--current', vector('esp32-blank.summary.txt')],
      'EFUSE_WRONG_CHIP',
      /ESP32/,
    ],
  ] as const) {
    const { exitCode, stdout, stderr } = await plan(...words);
    assert.deepEqual([exitCode, stdout], [1, ''], code);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
    assert.match(stderr, says);
  }
});

test('wrong usage is told', async () => {
  for (const words of [
    ['--chip', 'esp32'],
    ['--profile', 'production'],
    ['--chip', 'esp32', '--profile', 'secret'],
    ['--chip', 'esp32', '--profile', 'production', '--key-bits', 'many'],
  ]) {
    assert.equal((await plan(...words)).exitCode, 2, words.join(' '));
  }
});
