import assert from 'node:assert/strict';
import { chmod, mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { CredentialsFile } from './credentials.ts';

const login = { url: 'https://iot.example:8443', ca: '-----BEGIN CERTIFICATE-----', token: 'mkiot_1_secret' };

async function home() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-home-'));
  const userId = process.geteuid?.();
  const file = new CredentialsFile({ environment: {}, homeFolder: folder.path, userId });
  return { file, path: folder.path, userId, [Symbol.asyncDispose]: () => folder.remove() };
}

test('a login is kept for its owner alone, replaced as a whole, and forgotten', async () => {
  await using it = await home();
  assert.equal(await it.file.read(), undefined);
  await it.file.write(login);
  await it.file.write({ url: login.url, token: 'mkiot_2_other' });
  assert.deepEqual(await it.file.read(), { url: login.url, token: 'mkiot_2_other' });
  assert.equal(it.file.path, join(it.path, '.config/mkiot/credentials.json'));
  assert.equal((await stat(it.file.path)).mode & 0o777, 0o600);
  assert.equal((await stat(dirname(it.file.path))).mode & 0o777, 0o700);
  await it.file.remove();
  await it.file.remove();
  assert.equal(await it.file.read(), undefined);
});

test('XDG_CONFIG_HOME says where it lies', () => {
  const { path } = new CredentialsFile({ environment: { XDG_CONFIG_HOME: '/xdg' }, homeFolder: '/nowhere', userId: 1 });
  assert.equal(path, '/xdg/mkiot/credentials.json');
});

test('a login that others can read is refused', async () => {
  await using it = await home();
  await it.file.write(login);
  await chmod(it.file.path, 0o640);
  await assert.rejects(it.file.read(), { code: 'NOT_PRIVATE', message: /0640/ });
});

test('a damaged login is told without its contents', async () => {
  await using it = await home();
  await it.file.write(login);
  const whole = await readFile(it.file.path, 'utf8');
  const damaged = [whole.slice(0, -4), '[]', 'null', '{}', JSON.stringify({ ...login, url: 'nowhere' }), '{"token":1}'];
  for (const text of damaged) {
    await writeFile(it.file.path, text);
    await assert.rejects(it.file.read(), (error: Error) => {
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret/);
      return (error as { code?: string }).code === 'CREDENTIALS_DAMAGED';
    });
  }
});
