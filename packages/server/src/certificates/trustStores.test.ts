import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtempDisposable, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { trustOnDebian, trustStores } from './trustStores.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

/** A trust store that is not the system's, and a record of the programs that would have been run. */
async function store() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'mkiot store-'));
  const ran: string[] = [];
  const run = async (program: string, args: readonly string[]): Promise<void> =>
    void ran.push([program, ...args].join(' '));
  return { folder: folder.path, ran, run, [Symbol.asyncDispose]: () => folder.remove() };
}

test('root on Debian gets the authority into the store, readable by all, and the store rebuilt', async () => {
  await using place = await store();
  const umask = process.umask(0o077);
  const file = await trustOnDebian(PEM, 'mkiot-abc123', { isRoot: true, storeFolder: place.folder, run: place.run });
  process.umask(umask);
  assert.equal(file, join(place.folder, 'mkiot-abc123.crt'));
  assert.equal(await readFile(file, 'utf8'), PEM);
  assert.equal((await stat(file)).mode & 0o777, 0o644);
  assert.deepEqual(place.ran, ['update-ca-certificates']);
});

test('nobody but root changes the store, and nothing is done where there is none', async () => {
  await using place = await store();
  const { run } = place;
  assert.equal(await trustOnDebian(PEM, 'mkiot-abc123', { isRoot: false, storeFolder: place.folder, run }), undefined);
  const missing = join(place.folder, 'missing');
  assert.equal(await trustOnDebian(PEM, 'mkiot-abc123', { isRoot: true, storeFolder: missing, run }), undefined);
  assert.deepEqual([await readdir(place.folder), place.ran], [[], []]);
});

test('a store that cannot be rebuilt is told with the file and the command', async () => {
  await using place = await store();
  const run = async (): Promise<void> => {
    throw new Error('spawn ENOENT');
  };
  await assert.rejects(trustOnDebian(PEM, 'mkiot-abc123', { isRoot: true, storeFolder: place.folder, run }), {
    code: 'TRUST_STORE_FAILED',
    message: /mkiot-abc123\.crt.*update-ca-certificates/,
  });
});

test('every system has its commands, with the file’s name quoted for the shell', async () => {
  await using place = await store();
  const folder = join(place.folder, "somebody's $HOME");
  await mkdir(folder);
  const file = join(folder, 'authority.pem');
  await writeFile(file, PEM);
  const stores = trustStores(file, 'mkiot-abc123');
  assert.deepEqual(
    stores.map(({ system }) => system.split(/[ ,]/)[0]),
    ['Debian', 'Fedora', 'macOS', 'Windows', 'Firefox'],
  );
  const copied = join(place.folder, 'copied');
  const [copy = ''] = stores[0]!.commands;
  execFileSync('sh', ['-c', copy.replace('sudo ', '').replace(/\S+$/, `'${copied}'`)]);
  assert.equal(await readFile(copied, 'utf8'), PEM);
});
