import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { runCli } from '../../packages/cli/src/cli.testing.ts';
import { wants } from '../support/wants.ts';

const run = promisify(execFile);
const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '648219';

/** A software security module with one token. Its keys cannot be read out; OpenSC's pkcs11-tool signs with them. */
async function openModule() {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-hsm-'));
  await mkdir(join(folder, 'tokens'));
  const config = join(folder, 'softhsm2.conf');
  await writeFile(config, `directories.tokendir = ${join(folder, 'tokens')}\n`);
  const env = { ...process.env, SOFTHSM2_CONF: config, PIN };
  await run('softhsm2-util', ['--init-token', '--free', '--label', 'mkiot', '--pin', PIN, '--so-pin', '87654321'], {
    env,
  });
  const tool = (...words: readonly string[]) =>
    run('pkcs11-tool', ['--module', MODULE, '--token-label', 'mkiot', '--login', '--pin', 'env:PIN', ...words], {
      env,
    });
  return {
    folder,
    config,
    async publicKey(keyType: string, id: string): Promise<string> {
      await tool('--keypairgen', '--key-type', keyType, '--id', id, '--usage-sign');
      const der = join(folder, `${id}.der`);
      await tool('--read-object', '--type', 'pubkey', '--id', id, '--output-file', der);
      const pem = join(folder, `${id}.pem`);
      await run('openssl', ['pkey', '-pubin', '-inform', 'DER', '-in', der, '-out', pem]);
      return pem;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const KINDS = [
  {
    keyType: 'rsa:3072',
    mechanism: 'RSA-PKCS-PSS --hash-algorithm SHA256 --mgf MGF1-SHA256 --salt-len 32',
    algorithm: 'RSA-3072',
  },
  { keyType: 'EC:prime256v1', mechanism: 'ECDSA', algorithm: 'ECDSA P-256' },
  { keyType: 'EC:prime256v1', mechanism: 'ECDSA --signature-format openssl', algorithm: 'ECDSA P-256' },
] as const;

test(
  'an image is signed by keys that never leave a security module',
  wants('pkcs11-tool', 'softhsm2', 'openssl'),
  async () => {
    await using module = await openModule();
    const image = join(module.folder, 'app.bin');
    await writeFile(image, new Uint8Array(10_000).fill(0x5a));
    for (const [index, { keyType, mechanism, algorithm }] of KINDS.entries()) {
      const id = `0${index + 1}`;
      const publicKey = await module.publicKey(keyType, id);
      const signed = join(module.folder, `${id}.bin`);
      const command =
        `SOFTHSM2_CONF=${module.config} PIN=${PIN} pkcs11-tool --module ${MODULE} --token-label mkiot --login --pin env:PIN ` +
        `--sign --id ${id} --mechanism ${mechanism}`;
      const words = ['--sign-command', command, '--public-key', publicKey, '--output', signed, image];
      const signing = await runCli(['esp32', 'secure-boot', 'sign', ...words]);
      assert.deepEqual([signing.exitCode, signing.stderr], [0, '']);
      const verified = await runCli(['esp32', 'secure-boot', 'verify', '--keyfile', publicKey, signed]);
      assert.match(verified.stdout, new RegExp(`Block 0: good, ${algorithm}`));
      assert.equal(verified.exitCode, 0);
    }
  },
);
