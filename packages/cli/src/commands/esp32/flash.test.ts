import {
  checkCase,
  FLASH_ENCRYPTION_CASES,
  type FlashEncryptionCase,
} from '@mkiot/esp32/flashEncryption/flashEncryption.vectors';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runCli } from '../../cli.testing.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { folderWith } from './filesFolder.testing.ts';

const { cases } = JSON.parse(await readFile(FLASH_ENCRYPTION_CASES, 'utf8')) as {
  readonly cases: readonly FlashEncryptionCase[];
};

test('flash encrypt and decrypt give what espsecure gives', async () => {
  for (const { id, alg, key, address, flashCryptConf, plaintext, ciphertext } of cases) {
    const [plain, encrypted] = [Buffer.from(plaintext, 'hex'), Buffer.from(ciphertext, 'hex')];
    await using it = await folderWith({ key: Buffer.from(key, 'hex'), plain, encrypted });
    const scheme = alg.startsWith('xts') ? ['--aes-xts'] : ['--flash-crypt-conf', `0x${flashCryptConf?.toString(16)}`];
    const common = ['--keyfile', it.path('key'), '--address', `0x${address.toString(16)}`, ...scheme];
    for (const [verb, input, expected] of [
      ['encrypt', 'plain', encrypted],
      ['decrypt', 'encrypted', plain],
    ] as const) {
      const words = ['--output', it.path('out'), it.path(input)];
      const { exitCode, stderr } = await runCli(['esp32', 'flash', verb, ...common, ...words]);
      assert.deepEqual([exitCode, stderr], [0, ''], id);
      assert.deepEqual(await it.read('out'), expected, id);
    }
  }
});

test('the AES of OpenSSL gives what espsecure gives', async () => {
  for (const vector of cases) await checkCase(vector, nodeAes);
});

test('a last block that is not whole is filled up for the ESP32, and refused for later chips', async () => {
  const plain = new Uint8Array(20).fill(7);
  await using it = await folderWith({ key: new Uint8Array(32), plain });
  const common = ['--keyfile', it.path('key'), '--address', '0x1000', '--output', it.path('out')];
  assert.equal((await runCli(['esp32', 'flash', 'encrypt', ...common, it.path('plain')])).exitCode, 0);
  assert.equal((await it.read('out')).length, 32);
  await writeFile(it.path('encrypted'), await it.read('out'));
  assert.equal((await runCli(['esp32', 'flash', 'decrypt', ...common, it.path('encrypted')])).exitCode, 0);
  assert.deepEqual((await it.read('out')).subarray(0, 20), Buffer.from(plain));
  const refused = await runCli(['esp32', 'flash', 'encrypt', ...common, '--aes-xts', it.path('plain')]);
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /20 bytes.*offset 16.*\[FLASH_DATA_LENGTH_WRONG\]/);
});

test('wrong input is told before anything is written', async () => {
  await using it = await folderWith({ key: new Uint8Array(32), short: new Uint8Array(31), empty: new Uint8Array(0) });
  const out = ['--output', it.path('out')];
  for (const [words, exitCode, code] of [
    [['--keyfile', it.path('short'), '--address', '0', ...out, it.path('key')], 1, 'FLASH_KEY_LENGTH_WRONG'],
    [['--keyfile', it.path('key'), '--address', '8', ...out, it.path('key')], 1, 'FLASH_ADDRESS_WRONG'],
    [['--keyfile', it.path('key'), '--address', '1e3', ...out, it.path('key')], 2, 'ARGUMENT_WRONG'],
    [['--keyfile', it.path('key'), '--address', '0', ...out, it.path('empty')], 1, 'FLASH_DATA_EMPTY'],
    [
      ['--keyfile', it.path('key'), '--address', '0', '--flash-crypt-conf', '16', ...out, it.path('key')],
      2,
      'ARGUMENT_WRONG',
    ],
    [['--keyfile', it.path('key'), '--address', '0', '--output', it.path('key'), it.path('key')], 2, 'OUTPUT_IS_INPUT'],
    [['--keyfile', it.path('no'), '--address', '0', ...out, it.path('key')], 1, 'FILE_NOT_READ'],
  ] as const) {
    const result = await runCli(['esp32', 'flash', 'decrypt', ...words]);
    assert.equal(result.exitCode, exitCode, result.stderr);
    assert.match(result.stderr, new RegExp(`\\[${code}\\]`));
    await assert.rejects(it.read('out'));
  }
  assert.deepEqual(await it.read('key'), Buffer.alloc(32));
});
