import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const wants = new URL('../support/wants.ts', import.meta.url).href;
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Test options that `wants('strace', 'openssl')` gives where `have` has been found. */
function optionsWhere(have: string | undefined): unknown {
  const { MKIOT_TEST_HAVE: _, ...env } = process.env;
  const script = `import { wants } from ${JSON.stringify(wants)}; console.log(JSON.stringify(wants('strace', 'openssl')));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    cwd: root,
    encoding: 'utf8',
    env: have === undefined ? env : { ...env, MKIOT_TEST_HAVE: have },
  });
  return JSON.parse(stdout);
}

test('a test whose programs are all there runs', () => {
  assert.deepEqual(optionsWhere('openssl,strace,mosquitto-clients'), {});
});

test('a test that lacks a program is skipped and says which', () => {
  assert.deepEqual(optionsWhere('openssl'), { skip: 'strace missing' });
  assert.deepEqual(optionsWhere(''), { skip: 'strace and openssl missing' });
});

test('called without npm test, a test runs and fails by itself', () => {
  assert.deepEqual(optionsWhere(undefined), {});
});
