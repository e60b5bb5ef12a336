import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** State of a listening socket in /proc/net/tcp (Linux, include/net/tcp_states.h). */
const LISTEN = '0A';

/**
 * The program that listens on a TCP port, as `nginx (process 4711)`; `undefined` where that cannot be told: not on Linux, or
 * the program is another user's.
 */
export async function portHolder(port: number): Promise<string | undefined> {
  try {
    const sockets = new Set([
      ...(await listeningSockets('/proc/net/tcp', port)),
      ...(await listeningSockets('/proc/net/tcp6', port)),
    ]);
    for (const pid of await readdir('/proc')) {
      if (/^\d+$/.test(pid) && (await holdsOne(pid, sockets))) {
        return `${basename(await readlink(`/proc/${pid}/exe`))} (process ${pid})`;
      }
    }
  } catch {
    // Without /proc nobody is known, which says less and breaks nothing.
  }
  return undefined;
}

/** The sockets that listen on `port`, as the links of file descriptors name them: `socket:[4711]`. */
async function listeningSockets(table: string, port: number): Promise<readonly string[]> {
  const [, ...rows] = (await readFile(table, 'utf8').catch(() => '')).trim().split('\n');
  const fields = rows.map((row) => row.trim().split(/\s+/));
  return fields
    .filter(([, local = '', , state]) => state === LISTEN && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
    .map((row) => `socket:[${row[9]}]`);
}

async function holdsOne(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  // Processes of others and those that have just ended cannot be looked into.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    if (sockets.has(await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ''))) return true;
  }
  return false;
}
