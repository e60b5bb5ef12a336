import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFill } from '../runtime/nodeCrypto.ts';
import type { DataFolderPorts } from './dataFolder.ts';

export const testPorts: DataFolderPorts = { clock: new VirtualClock(), randomFill };

/** A path that does not exist yet, in a temporary folder that is removed at the end, with a space and an umlaut. */
export async function newFolderPath(): Promise<AsyncDisposable & { readonly path: string }> {
  const parent = await mkdtempDisposable(join(tmpdir(), 'mkiot dätä-'));
  return { path: join(parent.path, "somebody's data"), [Symbol.asyncDispose]: () => parent.remove() };
}
