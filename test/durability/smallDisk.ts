import { spawnSync } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A real file system in memory that a test can fill and make read-only. Gone with the end of the test. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;

  /** Mounts a disk of `mebibytes` on the existing folder `path`. */
  constructor(path: string, mebibytes: number) {
    run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0700`, 'mkiot-test', path);
    this.path = path;
  }

  /** Takes all the room there is; resolves when not a byte more fits. */
  async fill(): Promise<void> {
    const file = await open(this.#filler, 'a');
    try {
      for (let bytes = 1_048_576; bytes >= 1; bytes /= 2) {
        while (await isWritten(file.write(Buffer.alloc(bytes))));
      }
    } finally {
      await file.close();
    }
  }

  async makeRoom(): Promise<void> {
    await rm(this.#filler);
  }

  /** Works only while no file on it is open for writing. */
  remount(access: 'ro' | 'rw'): void {
    run('mount', '-o', `remount,${access}`, this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    run('umount', '-l', this.path);
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }
}

/** Test options for a test that mounts disks: only root may, and not in every container. */
export function wantsMounts(): { readonly skip?: string } {
  if (process.getuid?.() !== 0) return { skip: 'mounting a small disk needs root' };
  const probe = 'd=$(mktemp -d) && mount -t tmpfs -o size=64k mkiot-test "$d" && umount "$d" && rmdir "$d"';
  return spawnSync('sh', ['-c', probe]).status === 0 ? {} : { skip: 'this machine lets nobody mount a small disk' };
}

async function isWritten(writing: Promise<{ readonly bytesWritten: number }>): Promise<boolean> {
  try {
    return (await writing).bytesWritten > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
