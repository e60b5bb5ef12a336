import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, startTestPlatform } from '../platform/platform.testing.ts';

test('a new set-up link has the port of the running server, and makes the one before worthless', async () => {
  await using it = await startTestPlatform();
  const { link } = json(await it.mkiot('setup-link', '--json')) as { link: string };
  const { port, hash, pathname } = new URL(link);
  assert.deepEqual([port, pathname], [String(it.platform.ports.https), '/setup']);
  assert.notEqual(hash, `#${it.platform.setupCode}`);

  const plain = `http://127.0.0.1:${it.platform.ports.loopback}/setup`;
  const old = await it.elsewhere(['login', `${plain}#${it.platform.setupCode}`]);
  assert.match(old.stderr, /\[SETUP_CODE_REFUSED\]/);
  assert.equal((await it.elsewhere(['login', plain + hash])).exitCode, 0);
});

test('a set-up link is made on the machine of the server only', async () => {
  await using it = await startTestPlatform();
  const environment = { MKIOT_SERVER: it.url, MKIOT_TOKEN: 'mkiot_whatever' };
  const { exitCode, stderr } = await it.elsewhere(['setup-link'], { environment });
  assert.equal(exitCode, 1);
  assert.match(stderr, /\[NO_LOCAL_SERVER\]/);
});
