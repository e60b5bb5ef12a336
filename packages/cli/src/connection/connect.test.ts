import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { test } from 'node:test';
import { runCli } from '../cli.testing.ts';
import { json, startTestPlatform, type TestPlatform } from '../platform/platform.testing.ts';

async function tokenFor(it: TestPlatform): Promise<string> {
  const words = ['token', 'create', '--name', 'test', '--role', 'viewer', '--json'];
  return (json(await it.mkiot(...words)) as { token: string }).token;
}

test('on the machine of the server nothing has to be said, and the local user is administrator', async () => {
  await using it = await startTestPlatform();
  const found = await runCli(['whoami'], { environment: { MKIOT_DATA_FOLDER: it.dataFolder } });
  assert.equal(found.exitCode, 0, found.stderr);
  assert.match(found.stdout, /^Server +the one on this machine$/m);
  assert.match(found.stdout, /^You +local:/m);
  assert.match(found.stdout, /mkiot\.tokens\.manage/);
});

test('options name a server elsewhere, and go before variables', async () => {
  await using it = await startTestPlatform();
  const token = await tokenFor(it);
  const ca = join(it.outside, 'ca.pem');
  await writeFile(ca, it.platform.authorityCertificate);
  const named = await it.elsewhere(['whoami', '--server', it.url, '--token', token, '--ca', ca], {
    environment: { MKIOT_SERVER: 'https://nowhere.invalid', MKIOT_TOKEN: 'mkiot_wrong', MKIOT_CA: '/no/such' },
  });
  assert.equal(named.exitCode, 0, named.stderr);
  assert.match(named.stdout, /\(test\)/);
  const variables = { MKIOT_SERVER: it.url, MKIOT_TOKEN: token, MKIOT_CA: ca };
  assert.equal((await it.elsewhere(['whoami'], { environment: variables })).exitCode, 0);
});

test('a server with an authority of its own is not trusted without being told to', async () => {
  await using it = await startTestPlatform();
  const { exitCode, stderr } = await it.elsewhere(['whoami', '--server', it.url, '--token', await tokenFor(it)]);
  assert.equal(exitCode, 1);
  assert.match(stderr, /\[SERVER_NOT_TRUSTED\]/);
});

test('a server address without token, and one without TLS, are refused', async () => {
  await using it = await startTestPlatform();
  assert.match((await it.elsewhere(['whoami', '--server', it.url])).stderr, /\[TOKEN_MISSING\]/);
  const plain = await it.elsewhere(['whoami', '--server', 'http://iot.example:8080', '--token', 'x']);
  assert.equal(plain.exitCode, 2);
  assert.match(plain.stderr, /\[SERVER_NEEDS_TLS\]/);
});

test('a file that holds no certificate is refused by its name', async () => {
  await using it = await startTestPlatform();
  const file = join(it.outside, 'no-ca.pem');
  await writeFile(file, 'nothing');
  const { stderr } = await it.elsewhere(['whoami', '--server', it.url, '--token', 'x', '--ca', file]);
  assert.match(stderr, /no-ca\.pem.*\[AUTHORITY_FILE_WRONG\]/);
});

test('a server that is not there is named with the reason', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const { exitCode, stderr } = await runCli(['whoami', '--server', `https://127.0.0.1:${port}`, '--token', 'x']);
  assert.equal(exitCode, 1);
  assert.match(
    stderr,
    new RegExp(`127\\.0\\.0\\.1:${port} cannot be reached: nothing listens there.*\\[CANNOT_CONNECT\\]`),
  );
});

test('something else at the address is not taken for MkIoT', async () => {
  const server = createServer((socket) => void socket.resume().end('SSH-2.0-OpenSSH_9.2p1\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const { exitCode, stderr } = await runCli(['whoami', '--server', `https://127.0.0.1:${port}`, '--token', 'x']);
  assert.equal(exitCode, 1);
  assert.match(stderr, /it does not speak TLS.*\[CANNOT_CONNECT\]/);
  await new Promise((resolve) => server.close(resolve));
});

test('a socket that a killed server left behind is not mistaken for a server', async () => {
  await using it = await startTestPlatform();
  await it.platform.close();
  await writeFile(join(it.dataFolder, 'admin.sock'), '');
  const { exitCode, stderr } = await it.mkiot('whoami');
  assert.equal(exitCode, 1);
  assert.match(stderr, /\[NOT_CONNECTED\]/);
});

test('an interrupted command ends at once with exit code 1', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const interruption = new AbortController();
  silent.on('connection', (socket) => {
    socket.on('error', () => undefined);
    interruption.abort();
  });
  const { exitCode, stderr } = await runCli(['whoami', '--server', `http://127.0.0.1:${port}`, '--token', 'x'], {
    signal: interruption.signal,
  });
  assert.deepEqual([exitCode, /\[INTERRUPTED\]/.test(stderr)], [1, true]);
  silent.close();
});
