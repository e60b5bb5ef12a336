import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDeviceKey, openDeviceKey } from './deviceKey.ts';
import { TestFolder } from './tlsBench.testing.ts';

/** Windows has no such bits. */
const posix = process.platform === 'win32' ? { skip: 'file modes missing' } : {};

test('the first start makes a P-256 key, every other one finds it', async () => {
  await using folder = await TestFolder.make();
  const place = join(folder.path, 'boards', 'pump-1');
  const { publicKeyPem } = await createDeviceKey(place);
  const publicKey = createPublicKey(publicKeyPem);
  assert.equal(publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  assert.match(publicKeyPem, /^-----BEGIN PUBLIC KEY-----/);
  assert.deepEqual(await createDeviceKey(place), { publicKeyPem });
  assert.equal((await openDeviceKey(place)).publicKeyPem, publicKeyPem);
  assert.deepEqual(await readdir(place), ['device-key.pem']);
});

test('folder and key are the owner’s alone, whatever the umask', posix, async () => {
  await using folder = await TestFolder.make();
  const umask = process.umask(0);
  try {
    const place = join(folder.path, 'pump-1');
    await createDeviceKey(place);
    assert.equal((await stat(place)).mode & 0o777, 0o700);
    assert.equal((await stat(join(place, 'device-key.pem'))).mode & 0o777, 0o600);
  } finally {
    process.umask(umask);
  }
});

test('a key that others can read is refused with what to do', posix, async () => {
  await using folder = await TestFolder.make();
  await createDeviceKey(folder.path);
  for (const mode of [0o640, 0o604, 0o602]) {
    await chmod(join(folder.path, 'device-key.pem'), mode);
    await assert.rejects(openDeviceKey(folder.path), {
      code: 'KEY_FILE_OPEN_TO_OTHERS',
      message: new RegExp(`device-key.pem has mode ${mode.toString(8)}.*chmod 600`),
    });
  }
});

const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const foreign: readonly (readonly [string, string])[] = [
  ['an empty file', ''],
  ['garbage', '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n'],
  ['an RSA key', generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export(pkcs8)],
  ['a key on another curve', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export(pkcs8)],
  [
    'an encrypted key',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      ...pkcs8,
      cipher: 'aes-128-cbc',
      passphrase: 'x',
    }),
  ],
];
for (const [what, pem] of foreign) {
  test(`${what} in the place of the key is refused, left alone and not quoted`, async () => {
    await using folder = await TestFolder.make();
    const file = join(folder.path, 'device-key.pem');
    await writeFile(file, pem, { mode: 0o600 });
    await assert.rejects(openDeviceKey(folder.path), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'KEY_FILE_INVALID');
      for (const line of pem.split('\n').filter((line) => line.length > 6 && !line.startsWith('-'))) {
        assert.ok(!String(error.stack).includes(line));
      }
      return error.cause === undefined;
    });
    assert.equal(await readFile(file, 'utf8'), pem);
  });
}

test('starts at one moment end with one key', async () => {
  await using folder = await TestFolder.make();
  const keys = await Promise.all(Array.from({ length: 4 }, () => createDeviceKey(folder.path)));
  assert.equal(new Set(keys.map(({ publicKeyPem }) => publicKeyPem)).size, 1);
  assert.deepEqual(await readdir(folder.path), ['device-key.pem']);
});

test('a folder that cannot be is told with its path', async () => {
  await using folder = await TestFolder.make();
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  await assert.rejects(createDeviceKey(join(file, 'pump-1')), {
    code: 'BOARD_FILE_UNUSABLE',
    message: /file.pump-1: ENOTDIR/,
  });
});
