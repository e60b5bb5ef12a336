// W3C, "Indexed Database API 3.0".

/** What the browser keeps of the station, each kind in its object store. */
const STORES = ['station', 'unitKeys', 'unitPages', 'records'] as const;
type StoreName = (typeof STORES)[number];

const NAME = 'mkiot-station';
const VERSION = 1;

/** What outlives a reload of the page, a cut of its power, and the server. Of this browser and this server alone. */
export class StationDatabase {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** @throws DOMException where the browser keeps nothing, as in some private windows */
  static async open(): Promise<StationDatabase> {
    const request = indexedDB.open(NAME, VERSION);
    request.addEventListener('upgradeneeded', () => {
      for (const store of STORES) request.result.createObjectStore(store);
    });
    return new StationDatabase(await done(request));
  }

  async find<Value>(store: StoreName, key: string): Promise<Value | undefined> {
    return (await done(this.#database.transaction(store).objectStore(store).get(key))) as Value | undefined;
  }

  async all<Value>(store: StoreName): Promise<ReadonlyMap<string, Value>> {
    const objects = this.#database.transaction(store).objectStore(store);
    const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())]);
    // Every key here is a text.
    return new Map(keys.map((key, index) => [key as string, values[index] as Value]));
  }

  /** Resolves when it is on disk. */
  keep(store: StoreName, key: string, value: unknown): Promise<void> {
    return this.#change(store, (objects) => objects.put(value, key));
  }

  delete(store: StoreName, key: string): Promise<void> {
    return this.#change(store, (objects) => objects.delete(key));
  }

  #change(store: StoreName, change: (objects: IDBObjectStore) => unknown): Promise<void> {
    const transaction = this.#database.transaction(store, 'readwrite', { durability: 'strict' });
    change(transaction.objectStore(store));
    return new Promise((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error ?? new DOMException('', 'AbortError')));
    });
  }
}

function done<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new DOMException('', 'UnknownError')));
  });
}
