import { isProjectId } from '@mkiot/core/contract/ids';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { readFile } from 'node:fs/promises';
import { dataFolderError } from './dataFolderErrors.ts';
import { writePrivateFile } from './privateFiles.ts';

const ID_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 6;

/**
 * The id of an installation, `mkiot-` and six random characters: the project id unless a setting names another, so that
 * a token made for one installation is refused by every other. Made once and kept in `file`.
 *
 * @throws `INSTALLATION_DAMAGED`
 */
export async function loadOrMakeInstallationId(file: string, randomFill: RandomFill): Promise<string> {
  const kept = await readInstallationId(file);
  if (kept !== undefined) return kept;
  const id = `mkiot-${randomCharacters(randomFill)}`;
  await writePrivateFile(file, `${JSON.stringify({ id })}\n`);
  return id;
}

async function readInstallationId(file: string): Promise<string | undefined> {
  try {
    const { id } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    if (typeof id === 'string' && isProjectId(id)) return id;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw dataFolderError('INSTALLATION_DAMAGED', { file }, error);
  }
  throw dataFolderError('INSTALLATION_DAMAGED', { file });
}

function randomCharacters(randomFill: RandomFill): string {
  // Bytes from 252 on are thrown away: with them the first characters of the alphabet would come more often.
  const fair = 256 - (256 % ID_CHARACTERS.length);
  let text = '';
  while (text.length < ID_LENGTH) {
    const [byte = fair] = randomFill(new Uint8Array(1));
    if (byte < fair) text += ID_CHARACTERS[byte % ID_CHARACTERS.length];
  }
  return text;
}
