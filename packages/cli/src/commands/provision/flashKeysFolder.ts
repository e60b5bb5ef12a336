import type { FlashKeys } from '@mkiot/esp32/station/job';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readNamedFile, SECRET_FILE, writeNamedFile } from '../../namedFile.ts';

const SECRET_FOLDER = 0o700;

/** Flash keys as files `MAC.key` of a folder, readable to their owner alone. Each is raw bytes, as espsecure takes it. */
export function flashKeysIn(folder: string): FlashKeys {
  const fileOf = (mac: string): string => join(folder, `${mac.replaceAll(':', '')}.key`);
  return {
    find: async (mac) => (existsSync(fileOf(mac)) ? readNamedFile(fileOf(mac)) : undefined),
    async keep(mac, key) {
      await mkdir(folder, { recursive: true, mode: SECRET_FOLDER });
      await writeNamedFile(fileOf(mac), key, SECRET_FILE);
    },
  };
}
