import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { runCli } from '../../../cli.testing.ts';
import { folderWith } from '../filesFolder.testing.ts';

const vector = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../../../../esp32/src/secureBoot/vectors/${name}`, import.meta.url));
const image = await vector('boot-esp32.bin');
const { keyDigests } = JSON.parse(String(await vector('keyDigests.json'))) as {
  readonly keyDigests: Readonly<Record<string, string>>;
};
const KEYS = ['rsa_sh_0.pem', 'rsa_sh_1.pem', 'ec192_sh.pem', 'ec256_sh.pem', 'ec384_sh.pem'] as const;
const keys = Object.fromEntries(await Promise.all(KEYS.map(async (name) => [name, await vector(name)] as const)));

/** Runs `esp32 secure-boot` and expects that it ends well. */
async function secureBoot(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(['esp32', 'secure-boot', ...words]);
  assert.deepEqual([exitCode, stderr], [0, ''], words.join(' '));
  return stdout;
}

async function refused(words: readonly string[], exitCode: number, code: string): Promise<string> {
  const result = await runCli(['esp32', 'secure-boot', ...words]);
  assert.equal(result.exitCode, exitCode, result.stderr);
  assert.match(result.stderr, new RegExp(`\\[${code}\\]`));
  return result.stderr;
}

test('every kind of key signs an image that verifies with it and with no other', async () => {
  await using it = await folderWith({ image, ...keys });
  for (const key of KEYS) {
    await secureBoot('sign', '--keyfile', it.path(key), '--output', it.path('signed'), it.path('image'));
    const verified = await secureBoot('verify', '--keyfile', it.path(key), it.path('signed'));
    assert.match(verified, new RegExp(`Block 0: good, .*, key digest ${keyDigests[key]}`));
    const other = key === 'rsa_sh_1.pem' ? 'rsa_sh_0.pem' : 'rsa_sh_1.pem';
    await refused(['verify', '--keyfile', it.path(other), it.path('signed')], 1, 'SECURE_BOOT_UNTRUSTED');
  }
});

test('an image takes up to three keys, and one that is revoked no longer counts', async () => {
  await using it = await folderWith({ image, ...keys });
  const key = (name: string): readonly string[] => ['--keyfile', it.path(name)];
  const two = [...key('rsa_sh_0.pem'), ...key('ec256_sh.pem')];
  await secureBoot('sign', ...two, '--output', it.path('two'), it.path('image'));
  await secureBoot('sign', '--append-signatures', ...key('ec384_sh.pem'), '--output', it.path('three'), it.path('two'));
  const shown = JSON.parse(await secureBoot('verify', '--json', it.path('three'))) as readonly {
    readonly valid: boolean;
  }[];
  assert.deepEqual(
    shown.map(({ valid }) => valid),
    [true, true, true],
  );
  const fourth = ['sign', '--append-signatures', ...key('rsa_sh_1.pem'), '--output', it.path('four'), it.path('three')];
  await refused(fourth, 1, 'SECURE_BOOT_TOO_MANY_KEYS');
  const revoked = ['--revoked', it.path('rsa_sh_0.pem')];
  await secureBoot('verify', ...two, ...revoked, it.path('two'));
  await refused(['verify', ...key('rsa_sh_0.pem'), ...revoked, it.path('two')], 1, 'SECURE_BOOT_UNTRUSTED');
  await refused(['verify', ...revoked, it.path('two')], 1, 'SECURE_BOOT_UNTRUSTED');
});

test('an image that was changed, or never signed, ends with exit code 1', async () => {
  await using it = await folderWith({ image, ...keys });
  await secureBoot('sign', '--keyfile', it.path('ec256_sh.pem'), '--output', it.path('signed'), it.path('image'));
  const changed = await it.read('signed');
  changed[100] = 0;
  await using other = await folderWith({ changed });
  await refused(['verify', other.path('changed')], 1, 'SECURE_BOOT_UNVERIFIED');
  await refused(['verify', it.path('image')], 1, 'SECURE_BOOT_NOT_SIGNED');
});

test('digest gives the eFuses what espsecure gives them', async () => {
  await using it = await folderWith({ ...keys });
  for (const key of KEYS) {
    const out = it.path(`${key}.digest`);
    assert.match(
      await secureBoot('digest', '--keyfile', it.path(key), '--output', out),
      new RegExp(`${keyDigests[key]}`),
    );
    assert.equal((await readFile(out)).toString('hex'), keyDigests[key]);
  }
});

test('secure boot v1: keys, digests and signatures are those of espsecure', async () => {
  const iv = await vector('sh-v1-iv.bin');
  const raw = await vector('sh-v1-pub.bin');
  const app = await vector('app-esp32.bin');
  const theirs = Buffer.concat([app, await vector('sh-v1.signature.bin')]);
  await using it = await folderWith({ image, iv, raw, app, theirs, ...keys });
  const v1 = ['--secure', 'v1', '--keyfile'];
  for (const { bits, suffix } of [
    { bits: '256', suffix: '' },
    { bits: '192', suffix: '192' },
  ]) {
    const key = it.path(`key${suffix}`);
    await secureBoot('digest', ...v1, it.path('ec256_sh.pem'), '--key-length', bits, '--output', key);
    assert.deepEqual(await readFile(key), await vector(`sh-v1-reflashable-key${suffix}.bin`));
    assert.equal((await stat(key)).mode & 0o777, 0o600);
    await secureBoot('digest', ...v1, key, '--iv', it.path('iv'), '--output', it.path('digested'), it.path('image'));
    assert.deepEqual(await it.read('digested'), await vector(`sh-v1-digested${suffix}.bin`));
  }
  await secureBoot('verify', ...v1, it.path('raw'), it.path('theirs'));
  await secureBoot('sign', ...v1, it.path('ec256_sh.pem'), '--output', it.path('ours'), it.path('app'));
  await secureBoot('verify', ...v1, it.path('raw'), it.path('ours'));
  await refused(['verify', ...v1, it.path('raw'), it.path('app')], 1, 'SECURE_BOOT_V1_VERSION');
});

test('a command signs in place of a key file, and what it answers is checked', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await using it = await folderWith({ image, pem, public: publicKey.export({ type: 'spki', format: 'pem' }), ...keys });
  const signer = "process.stdin.on('data', (digest) => process.stdout.write(SIGNATURE))";
  const script = (signature: string): string =>
    `"${process.execPath}" -e "${signer.replace('SIGNATURE', signature)}" "${it.path('pem')}"`;
  const files = ['--public-key', it.path('public'), '--output', it.path('signed'), it.path('image')];
  const words = (command: string): readonly string[] => ['sign', '--sign-command', command, ...files];
  const wrong = await refused(words(script('digest')), 1, 'SECURE_BOOT_SIGNATURE_UNFIT');
  assert.match(wrong, /32 bytes/);
  const failing = await refused(words('echo no key here >&2; exit 3'), 1, 'SIGN_COMMAND_FAILED');
  assert.match(failing, /exit code 3.*no key here/);
  await assert.rejects(it.read('signed'));
  await refused(
    ['sign', '--sign-command', 'x', '--output', it.path('signed'), it.path('image')],
    2,
    'SIGN_COMMAND_NEEDS_KEY',
  );
  await refused(['sign', '--output', it.path('signed'), it.path('image')], 2, 'SIGNING_KEY_MISSING');
});

test('no key is overwritten, and files of another kind are told apart', async () => {
  await using it = await folderWith({ image, empty: '', ...keys });
  const key = it.path('ec256_sh.pem');
  const public_ = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
  await using other = await folderWith({ public_ });
  for (const [words, exitCode, code] of [
    [['sign', '--keyfile', key, '--output', key, it.path('image')], 2, 'OUTPUT_IS_INPUT'],
    [['sign', '--keyfile', it.path('image'), '--output', it.path('out'), it.path('image')], 1, 'KEY_FILE_NOT_PEM'],
    [['sign', '--keyfile', other.path('public_'), '--output', it.path('out'), it.path('image')], 1, 'KEY_NOT_PRIVATE'],
    [['sign', '--keyfile', key, '--output', it.path('out'), it.path('empty')], 1, 'SECURE_BOOT_IMAGE_EMPTY'],
    [['sign', '--secure', 'v3', '--keyfile', key, '--output', it.path('out'), it.path('image')], 2, 'USAGE'],
    [['digest', '--secure', 'v1', '--keyfile', key], 2, 'SECURE_BOOT_V1_OUTPUT'],
    [['digest', '--keyfile', key, it.path('image')], 2, 'SECURE_BOOT_V2_NO_BOOTLOADER'],
    [['verify', '--secure', 'v1', it.path('image')], 2, 'SECURE_BOOT_V1_ONE_KEY'],
  ] as const) {
    await refused(words, exitCode, code);
  }
});
