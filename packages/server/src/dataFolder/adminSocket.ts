import { mkdtemp, readlink, rm, rmdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Bytes of a path that the socket address of every system takes: 104 with the closing zero on macOS, 108 on Linux. */
const LONGEST_SOCKET_PATH = 103;
const SHORT_FOLDER = 'mkiot-';

export interface AdminSocket {
  /** Where to listen. */
  readonly path: string;
  /** Set when `path` is not in the data folder because that path is too long for a socket. */
  readonly isElsewhere: boolean;
  remove(): Promise<void>;
}

/**
 * Makes room for the admin socket of a data folder that this process has locked; a socket left by a crash goes. Where the
 * folder's path is too long for a socket, it lies in a new private folder, and `admin.sock` is a link that says where.
 *
 * @param wanted `adminSocket` of the data folder's paths
 */
export async function prepareAdminSocket(wanted: string, temporaryFolder: string = tmpdir()): Promise<AdminSocket> {
  await removeAdminSocket(wanted);
  const isElsewhere = Buffer.byteLength(wanted) > LONGEST_SOCKET_PATH;
  const path = isElsewhere ? join(await mkdtemp(join(temporaryFolder, SHORT_FOLDER)), basename(wanted)) : wanted;
  if (isElsewhere) await symlink(path, wanted);
  return { path, isElsewhere, remove: () => removeAdminSocket(wanted) };
}

/** Where a client finds the admin socket of a data folder; whether somebody listens there is another question. */
export async function findAdminSocket(wanted: string): Promise<string> {
  return (await linkTarget(wanted)) ?? wanted;
}

async function removeAdminSocket(wanted: string): Promise<void> {
  const elsewhere = await linkTarget(wanted);
  if (elsewhere !== undefined && basename(dirname(elsewhere)).startsWith(SHORT_FOLDER)) {
    await rm(elsewhere, { force: true });
    // Gone already after a reboot; anything else in it is not ours to remove.
    await rmdir(dirname(elsewhere)).catch(() => undefined);
  }
  await rm(wanted, { force: true });
}

/** `undefined`: no link, or nothing at all. */
async function linkTarget(path: string): Promise<string | undefined> {
  return await readlink(path).catch(() => undefined);
}
