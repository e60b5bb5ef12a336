import type { UnitBook, UnitKeys, UnitPage } from './unitBook.ts';

/** A book that lasts as long as the program: where nothing is burned and nobody registered, that is enough. */
export function memoryUnitBook(): UnitBook {
  const keysOf = new Map<string, UnitKeys>();
  const pages = new Map<string, UnitPage>();
  return {
    findKeys: (mac) => Promise.resolve(keysOf.get(mac) ?? {}),
    keepKeys: (mac, keys) => Promise.resolve(void keysOf.set(mac, keys)),
    findPage: (mac) => Promise.resolve(pages.get(mac) ?? {}),
    keepPage: (mac, page) => Promise.resolve(void pages.set(mac, page)),
    findInstalled: (digest) =>
      Promise.resolve([...pages].find(([, { installed }]) => installed?.digest === digest)?.[0]),
  };
}
