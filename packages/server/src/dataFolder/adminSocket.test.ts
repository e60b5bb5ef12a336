import assert from 'node:assert/strict';
import { once } from 'node:events';
import { lstat, mkdir, mkdtempDisposable, readdir, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findAdminSocket, prepareAdminSocket } from './adminSocket.ts';

const skip = process.platform === 'win32';

test('a socket lies in the data folder, and one left by a crash is replaced', { skip }, async () => {
  await using place = await mkdtempDisposable(join(tmpdir(), 'mkiot socket ü-'));
  const wanted = join(place.path, 'admin.sock');
  const socket = await prepareAdminSocket(wanted);
  assert.deepEqual([socket.path, socket.isElsewhere], [wanted, false]);
  await echoThrough(socket.path, wanted);
  await writeFile(wanted, '');
  await prepareAdminSocket(wanted);
  await echoThrough(socket.path, wanted);
});

test('where the path is too long for a socket, it lies in a private folder that a link names', { skip }, async () => {
  await using place = await mkdtempDisposable(join(tmpdir(), 'mkiot-test-'));
  const folder = join(place.path, 'ü'.repeat(60));
  const short = join(place.path, 'tmp');
  await mkdir(folder);
  await mkdir(short);
  const wanted = join(folder, 'admin.sock');

  await prepareAdminSocket(wanted, short);
  const socket = await prepareAdminSocket(wanted, short);
  assert.equal(socket.isElsewhere, true);
  assert.equal((await readdir(short)).length, 1, 'the folder of the start before is gone');
  assert.equal((await stat(join(socket.path, '..'))).mode & 0o777, 0o700);
  assert.ok((await lstat(wanted)).isSymbolicLink());
  await echoThrough(socket.path, wanted);

  await socket.remove();
  assert.deepEqual([await readdir(short), await readdir(folder)], [[], []]);
});

/** Listens at `path` and talks to it by what `findAdminSocket` says; a closed server would take its file with it. */
async function echoThrough(path: string, wanted: string): Promise<void> {
  const server = createServer((connection) => connection.pipe(connection));
  server.listen(path);
  await once(server, 'listening');
  const client = connect(await findAdminSocket(wanted));
  client.write('hello');
  const [answer] = (await once(client, 'data')) as [Buffer];
  assert.equal(answer.toString(), 'hello');
  client.destroy();
  server.close();
}
