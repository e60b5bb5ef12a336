import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openDataFolder } from './dataFolder.ts';
import { newFolderPath, testPorts } from './dataFolder.testing.ts';
import { type DataFolderPaths, dataFolderPaths } from './dataFolderPaths.ts';

const isPosix = process.platform !== 'win32';

test('a first start makes the folder; a second one finds the same key and the same id', async () => {
  await using place = await newFolderPath();
  const first = await openDataFolder(place.path, testPorts);
  const derived = first.masterKey.deriveKey('test');
  first[Symbol.dispose]();
  using second = await openDataFolder(place.path, testPorts);
  assert.deepEqual([first.isNew, second.isNew], [true, false]);
  assert.match(first.installationId, /^mkiot-[a-z0-9]{6}$/);
  assert.equal(second.installationId, first.installationId);
  assert.deepEqual(second.masterKey.deriveKey('test'), derived);
});

test('two installations share neither id nor key', async () => {
  await using place = await newFolderPath();
  using one = await openDataFolder(join(place.path, '1'), testPorts);
  using other = await openDataFolder(join(place.path, '2'), testPorts);
  assert.notEqual(one.installationId, other.installationId);
  assert.notDeepEqual(one.masterKey.deriveKey('test'), other.masterKey.deriveKey('test'));
});

test('whatever the umask, nobody else may open the folder or a file in it', { skip: !isPosix }, async () => {
  await using place = await newFolderPath();
  const script = new URL('holdDataFolder.testing.ts', import.meta.url).pathname;
  const shell = 'umask 000; "$0" "$1" "$2" < /dev/null';
  await promisify(execFile)('sh', ['-c', shell, process.execPath, script, place.path]);
  assert.equal((await stat(place.path)).mode & 0o777, 0o700);
  const names = await readdir(place.path);
  assert.ok(names.includes('master.key') && names.includes('lock.db'));
  for (const name of names) assert.equal((await stat(join(place.path, name))).mode & 0o777, 0o600, name);
});

test('a folder that others may open is refused with the command that closes it', { skip: !isPosix }, async () => {
  await using place = await newFolderPath();
  for (const mode of [0o755, 0o750, 0o707, 0o701]) {
    await mkdir(place.path);
    await chmod(place.path, mode);
    await assert.rejects(openDataFolder(place.path, testPorts), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'NOT_PRIVATE');
      assert.ok(error.message.includes(`mode 0${mode.toString(8)}`));
      assert.ok(
        error.message.includes(String.raw`chmod 700 '`) && error.message.includes(String.raw`somebody'\''s data'`),
      );
      return true;
    });
    assert.deepEqual(await readdir(place.path), []);
    await rm(place.path, { recursive: true });
  }
});

test('a folder of another user is refused, even by root', { skip: !isPosix }, async () => {
  await using place = await newFolderPath();
  const userId = (process.geteuid?.() ?? 0) + 1;
  await assert.rejects(openDataFolder(place.path, { ...testPorts, userId }), {
    code: 'OWNER_WRONG',
    message: /chown -R/,
  });
});

test('a folder with somebody’s files is left alone', async () => {
  await using place = await newFolderPath();
  await mkdir(place.path, { mode: 0o700 });
  await writeFile(join(place.path, 'holiday.jpg'), '');
  await assert.rejects(openDataFolder(place.path, testPorts), { code: 'DATA_FOLDER_FOREIGN', message: /holiday\.jpg/ });
  assert.deepEqual(await readdir(place.path), ['holiday.jpg']);
});

test('a settings file may be there before the first start', async () => {
  await using place = await newFolderPath();
  await mkdir(place.path, { mode: 0o700 });
  await writeFile(dataFolderPaths(place.path).settings, '{}');
  using dataFolder = await openDataFolder(place.path, testPorts);
  assert.equal(dataFolder.isNew, true);
});

test('a first start that was cut short is taken up again', async () => {
  await using place = await newFolderPath();
  const { masterKey, installation } = dataFolderPaths(place.path);
  await mkdir(place.path, { mode: 0o700 });
  await writeFile(`${masterKey}.new`, 'only half');
  (await openDataFolder(place.path, testPorts))[Symbol.dispose]();
  const key = await readFile(masterKey);
  await rm(installation);
  (await openDataFolder(place.path, testPorts))[Symbol.dispose]();
  assert.deepEqual(await readFile(masterKey), key);
});

test('a folder behind a symbolic link is as good as any', { skip: !isPosix }, async () => {
  await using place = await newFolderPath();
  await mkdir(`${place.path} elsewhere`, { mode: 0o700 });
  await symlink(`${place.path} elsewhere`, place.path);
  using dataFolder = await openDataFolder(place.path, testPorts);
  assert.equal(dataFolder.isNew, true);
});

const DAMAGES: readonly {
  readonly name: string;
  readonly code: string;
  readonly message: RegExp;
  readonly damage: (paths: DataFolderPaths) => Promise<void>;
}[] = [
  {
    name: 'a key file that others may read',
    code: 'NOT_PRIVATE',
    message: /master\.key.*mode 0640.*chmod 600/s,
    damage: ({ masterKey }) => chmod(masterKey, 0o640),
  },
  {
    name: 'a key file cut short',
    code: 'MASTER_KEY_DAMAGED',
    message: /31 bytes instead of 32/,
    damage: ({ masterKey }) => writeFile(masterKey, new Uint8Array(31)),
  },
  {
    name: 'a key file too long',
    code: 'MASTER_KEY_DAMAGED',
    message: /64 bytes/,
    damage: ({ masterKey }) => writeFile(masterKey, new Uint8Array(64)),
  },
  {
    name: 'an empty key file',
    code: 'MASTER_KEY_DAMAGED',
    message: / 0 bytes/,
    damage: ({ masterKey }) => writeFile(masterKey, ''),
  },
  { name: 'a lost key file', code: 'MASTER_KEY_MISSING', message: /restore/, damage: ({ masterKey }) => rm(masterKey) },
  {
    name: 'an id that is none',
    code: 'INSTALLATION_DAMAGED',
    message: /installation\.json/,
    damage: ({ installation }) => writeFile(installation, '{"id":"X"}'),
  },
  {
    name: 'an id file that is not JSON',
    code: 'INSTALLATION_DAMAGED',
    message: /installation\.json/,
    damage: ({ installation }) => writeFile(installation, ''),
  },
];

for (const { name, code, message, damage } of DAMAGES) {
  test(
    `${name} stops the start, and the lock is free again`,
    { skip: !isPosix && code === 'NOT_PRIVATE' },
    async () => {
      await using place = await newFolderPath();
      (await openDataFolder(place.path, testPorts))[Symbol.dispose]();
      await damage(dataFolderPaths(place.path));
      await assert.rejects(openDataFolder(place.path, testPorts), { code, message });
      await assert.rejects(openDataFolder(place.path, testPorts), { code }, 'a lock left behind would say IN_USE');
    },
  );
}

test('a data folder that cannot be made is refused with the reason', async () => {
  await using place = await newFolderPath();
  await writeFile(place.path, 'a file');
  await assert.rejects(openDataFolder(place.path, testPorts), { code: 'DATA_FOLDER_UNUSABLE', message: /EEXIST/ });
  const below = join(place.path, 'below');
  await assert.rejects(openDataFolder(below, testPorts), { code: 'DATA_FOLDER_UNUSABLE', message: /ENOTDIR/ });
});

test('a second server on the folder is refused and told which process holds it, again and again', async () => {
  await using place = await newFolderPath();
  const first = await openDataFolder(place.path, { ...testPorts, processId: 4711 });
  const refused = { code: 'DATA_FOLDER_IN_USE', message: /process 4711, which started at 2026-01-01T00:00:00/ };
  await assert.rejects(openDataFolder(place.path, testPorts), refused);
  await assert.rejects(openDataFolder(place.path, testPorts), refused);
  await assert.rejects(holdInChild(place.path), /is in use by process 4711/);
  await rm(first.paths.lockHolder);
  await assert.rejects(openDataFolder(place.path, testPorts), {
    code: 'DATA_FOLDER_IN_USE',
    message: /by another process/,
  });
  first[Symbol.dispose]();
  (await openDataFolder(place.path, testPorts))[Symbol.dispose]();
});

test('a folder held by another process is refused, and free once that one is killed', async () => {
  await using place = await newFolderPath();
  const child = await holdInChild(place.path);
  await assert.rejects(openDataFolder(place.path, testPorts), {
    code: 'DATA_FOLDER_IN_USE',
    message: new RegExp(`process ${child.pid}, `),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  using dataFolder = await openDataFolder(place.path, testPorts);
  assert.equal(dataFolder.isNew, false);
});

/** A process that holds the folder; rejects with what it wrote when it cannot. */
async function holdInChild(folder: string) {
  const script = new URL('holdDataFolder.testing.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, folder], { stdio: 'pipe' });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += String(chunk)));
  const said = await Promise.race([
    once(child.stdout, 'data').then(() => 'it holds'),
    once(child, 'close').then(() => 'it ended'),
  ]);
  if (said === 'it ended') throw new Error(complaint);
  return child;
}
