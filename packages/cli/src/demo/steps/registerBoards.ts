import { createDeviceKey } from '@mkiot/board/node/deviceKey';
import type { ApiClient } from '@mkiot/core/api/client';
import type { RegistryName } from '@mkiot/core/contract/resourceNames';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { registerBoard } from '../../commands/board/registerBoard.ts';
import { DemoBoard } from '../demoBoard.ts';
import type { DemoPorts } from '../demoPorts.ts';
import { type Tell, tellSome } from '../demoReport.ts';

/** Lets each board make its own key, and registers the public halves. */
export async function registerBoardsStep(
  tell: Tell,
  provisioner: ApiClient,
  registry: RegistryName,
  folder: string,
  count: number,
  ports: DemoPorts,
): Promise<readonly DemoBoard[]> {
  const boards = Array.from({ length: count }, (_, index) => {
    const device = `board-${index + 1}`;
    return new DemoBoard({ ...registry, device }, join(folder, device), ports);
  });
  const evidence: string[] = [];
  for (const board of boards) {
    const { publicKeyPem } = await createDeviceKey(board.folder);
    await registerBoard(provisioner, board.name, publicKeyPem, board.folder);
    const { numId, blocked } = await provisioner.devices.get(board.name);
    // One that an earlier demo has blocked.
    if (blocked) await provisioner.devices.update(board.name, { blocked: false }, ['blocked']);
    evidence.push(`${board.id}: private key in ${await keyFile(board.folder)}, registered as device ${numId}`);
  }
  tellSome(tell, evidence, (line) => line);
  return boards;
}

async function keyFile(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((file) => file.endsWith('.pem')) ?? '';
  const { mode } = await stat(join(folder, name));
  return `${join(folder, name)} (mode ${(mode & 0o777).toString(8)})`;
}
