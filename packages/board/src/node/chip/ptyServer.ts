import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { SerialEnd } from '../../chip/serial/serialLine.ts';
import { chipServerError } from './chipServerErrors.ts';

/** A line has no flow control: what nobody reads from the device is lost beyond this. */
const MAX_UNREAD_BYTES = 0x100000;

/**
 * Offers a chip's serial port as a pseudo-terminal, by Debian's socat: what a tool takes for a device. It carries neither
 * speed nor control lines.
 */
export class PtyServer implements AsyncDisposable {
  readonly #socat: ChildProcess;
  /** The device, such as /dev/pts/3. */
  readonly path: string;

  private constructor(socat: ChildProcess, path: string) {
    this.#socat = socat;
    this.path = path;
  }

  /** @throws `SOCAT_MISSING`, `SOCAT_FAILED` */
  static async open(serial: SerialEnd): Promise<PtyServer> {
    // A tool that closes the device is no end: another one may come.
    const socat = spawn('socat', ['-d', '-d', 'pty,rawer,ignoreeof', 'stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const path = await ptyOf(socat);
    serial.onBytes = (bytes) => {
      if (socat.stdin.writableLength <= MAX_UNREAD_BYTES) socat.stdin.write(bytes);
    };
    socat.stdin.on('error', () => {});
    socat.stdout.on('data', (bytes: Uint8Array) => serial.write(bytes));
    return new PtyServer(socat, path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socat.exitCode !== null || this.#socat.signalCode !== null) return;
    this.#socat.kill();
    await once(this.#socat, 'exit');
  }
}

/** socat says on its error output which device it has made. */
async function ptyOf(socat: ChildProcess & { readonly stderr: NodeJS.ReadableStream }): Promise<string> {
  const failed = once(socat, 'error').then(([error]: NodeJS.ErrnoException[]) => {
    throw chipServerError(
      error?.code === 'ENOENT' ? 'SOCAT_MISSING' : 'SOCAT_FAILED',
      { detail: error?.message },
      error,
    );
  });
  const named = (async () => {
    let last = 'it ended';
    for await (const line of createInterface({ input: socat.stderr })) {
      const path = /PTY is (\S+)/.exec(line)?.[1];
      if (path !== undefined) return path;
      last = line;
    }
    throw chipServerError('SOCAT_FAILED', { detail: last });
  })();
  named.catch(() => {});
  const path = await Promise.race([named, failed]);
  socat.stderr.resume();
  failed.catch(() => {});
  return path;
}
