import type { UnitBook, UnitKeys, UnitPage } from '@mkiot/esp32/station/unitBook';
import type { StationDatabase } from './stationDatabase.ts';

/** A book in the browser. Keys of a unit are in it from before they are burned until the unit is done. */
export interface BrowserUnitBook extends UnitBook {
  /** MAC addresses of units whose keys are there: they are not done. */
  unfinished(): Promise<readonly string[]>;
  /** What was begun of such a unit can never be finished then. */
  forgetKeys(mac: string): Promise<void>;
}

export function browserUnitBook(database: StationDatabase): BrowserUnitBook {
  return {
    findKeys: async (mac) => (await database.find<UnitKeys>('unitKeys', mac)) ?? {},
    keepKeys: (mac, keys) => database.keep('unitKeys', mac, keys),
    findPage: async (mac) => (await database.find<UnitPage>('unitPages', mac)) ?? {},
    keepPage: (mac, page) => database.keep('unitPages', mac, page),
    async findInstalled(digest) {
      const pages = await database.all<UnitPage>('unitPages');
      return [...pages].find(([, { installed }]) => installed?.digest === digest)?.[0];
    },
    unfinished: async () => [...(await database.all('unitKeys')).keys()],
    forgetKeys: (mac) => database.delete('unitKeys', mac),
  };
}
