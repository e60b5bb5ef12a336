import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { UnitBook, UnitPage } from '@mkiot/esp32/station/unitBook';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readNamedFile, replaceNamedFile } from '../../namedFile.ts';
import { provisionError } from './provisionErrors.ts';

const OWN_FOLDER = 0o700;
const PAGE_NAME = /^[0-9a-f]{12}\.json$/;

/**
 * A book as files of a folder, readable to their owner alone: `MAC.key` and `MAC.nvs.key` are keys as raw bytes, the first as
 * espsecure takes it; `MAC.json` is the page, without secrets.
 */
export function unitBookIn(folder: string): UnitBook {
  const fileOf = (mac: string, ending: string): string => join(folder, `${mac.replaceAll(':', '')}${ending}`);
  const read = async (file: string) => (existsSync(file) ? readNamedFile(file) : undefined);
  const keep = async (file: string, contents: Uint8Array | string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: OWN_FOLDER });
    await replaceNamedFile(file, contents);
  };
  return {
    async findKeys(mac) {
      const [flash, nvs] = [await read(fileOf(mac, '.key')), await read(fileOf(mac, '.nvs.key'))];
      return { ...(flash && { flash }), ...(nvs && { nvs }) };
    },
    async keepKeys(mac, { flash, nvs }) {
      if (flash !== undefined) await keep(fileOf(mac, '.key'), flash);
      if (nvs !== undefined) await keep(fileOf(mac, '.nvs.key'), nvs);
    },
    async findPage(mac) {
      const file = fileOf(mac, '.json');
      const contents = await read(file);
      return contents === undefined ? {} : parsePage(contents, file);
    },
    async findInstalled(digest) {
      const names = existsSync(folder) ? await readdir(folder) : [];
      for (const name of names.filter((name) => PAGE_NAME.test(name))) {
        const file = join(folder, name);
        const { installed } = parsePage(await readNamedFile(file), file);
        if (installed?.digest === digest)
          return name
            .slice(0, 12)
            .match(/[0-9a-f]{2}/g)
            ?.join(':');
      }
      return undefined;
    },
    keepPage: (mac, page) => keep(fileOf(mac, '.json'), `${JSON.stringify(page, undefined, 2)}\n`),
  };
}

/** Nobody but this program writes it. @throws `UNIT_PAGE_DAMAGED` */
function parsePage(contents: Uint8Array, path: string): UnitPage {
  try {
    const page: unknown = JSON.parse(utf8Decode(contents));
    if (typeof page === 'object' && page !== null && !Array.isArray(page)) return page;
  } catch {
    // No JSON.
  }
  throw provisionError('UNIT_PAGE_DAMAGED', { path });
}
