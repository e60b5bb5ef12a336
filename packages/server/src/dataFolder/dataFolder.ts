import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { dataFolderError } from './dataFolderErrors.ts';
import { type DataFolderPaths, dataFolderPaths } from './dataFolderPaths.ts';
import { lockDataFolder } from './folderLock.ts';
import { loadOrMakeInstallationId } from './installation.ts';
import { createMasterKey, loadMasterKey, type MasterKey } from './masterKey.ts';
import { assertPrivate, syncFolder, type UserId } from './privateFiles.ts';

export interface DataFolder extends Disposable {
  readonly paths: DataFolderPaths;
  readonly masterKey: MasterKey;
  /** `mkiot-` and six random characters; the project id unless a setting names another. */
  readonly installationId: string;
  /** Whether this start made the installation. */
  readonly isNew: boolean;
  /** Lets another process use the folder. Everything in it must be closed before. */
  [Symbol.dispose](): void;
}

export interface DataFolderPorts {
  readonly clock: Clock;
  readonly randomFill: RandomFill;
  /** Default: those of this process. */
  readonly processId?: number;
  readonly userId?: UserId;
}

/**
 * Opens a data folder for this process alone, and makes it when there is none.
 *
 * @param folder absolute path
 * @throws `DATA_FOLDER_UNUSABLE`, `NOT_PRIVATE`, `OWNER_WRONG`, `DATA_FOLDER_IN_USE`, `DATA_FOLDER_FOREIGN`,
 * `MASTER_KEY_MISSING`, `MASTER_KEY_DAMAGED`, `INSTALLATION_DAMAGED`
 */
export async function openDataFolder(folder: string, ports: DataFolderPorts): Promise<DataFolder> {
  try {
    return await open(dataFolderPaths(folder), ports);
  } catch (error) {
    if (error instanceof MkiotError) throw error;
    throw dataFolderError('DATA_FOLDER_UNUSABLE', { folder, reason: (error as Error).message }, error);
  }
}

async function open(paths: DataFolderPaths, ports: DataFolderPorts): Promise<DataFolder> {
  const { clock, randomFill, processId = process.pid, userId = process.geteuid?.() } = ports;
  await makePrivateFolder(paths.folder, userId);
  await assertOurs(paths);
  using whileOpening = new DisposableStack();
  whileOpening.use(await lockDataFolder(paths, processId, clock.now()));
  const isNew = !(await readdir(paths.folder)).includes(basename(paths.masterKey));
  const masterKey = isNew
    ? await createMasterKey(paths.masterKey, randomFill)
    : await loadMasterKey(paths.masterKey, randomFill, userId);
  const installationId = await loadOrMakeInstallationId(paths.installation, randomFill);
  const whileOpen = whileOpening.move();
  return { paths, masterKey, installationId, isNew, [Symbol.dispose]: () => whileOpen.dispose() };
}

async function makePrivateFolder(folder: string, userId: UserId): Promise<void> {
  const isMade = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
  if (isMade) await syncFolder(dirname(folder));
  assertPrivate(folder, await stat(folder), userId);
}

/** Keeps a wrong `--data` from scattering files over somebody's folder, and a lost key file from being replaced. */
async function assertOurs(paths: DataFolderPaths): Promise<void> {
  const { folder, masterKey, installation, certificates, database, events } = paths;
  const names = await readdir(folder);
  if (names.includes(basename(masterKey))) return;
  const madeAfterTheKey = new Set([installation, certificates, database, events].map((path) => basename(path)));
  if (names.some((name) => madeAfterTheKey.has(name))) throw dataFolderError('MASTER_KEY_MISSING', { file: masterKey });
  const found = names.find((name) => !MAY_BE_IN_A_NEW_FOLDER.test(name));
  if (found !== undefined) throw dataFolderError('DATA_FOLDER_FOREIGN', { folder, found });
}

/** Settings written before the first start, what a first start cut short leaves, and what a new file system holds. */
const MAY_BE_IN_A_NEW_FOLDER = /^(settings\.json|lock\.(db|json)|.*\.new|lost\+found)$/;
