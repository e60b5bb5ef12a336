// What a page keeps in its browser (W3C, "Indexed Database API 3.0"), read as the page itself could.
import type { Page } from 'playwright-core';

/** What of the API is used here; it is there in the page alone. */
interface Requested<Result> {
  readonly result: Result;
  addEventListener(type: 'success', listener: (event: unknown) => void): void;
}

interface Database {
  readonly objectStoreNames: Iterable<string>;
  transaction(store: string): {
    objectStore(store: string): { getAll(): Requested<unknown[]>; get(key: string): Requested<unknown> };
  };
  close(): void;
}

declare const indexedDB: { open(name: string): Requested<Database> };

/** All that it has kept, as text. */
export function keptByPage(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const request = indexedDB.open('mkiot-station');
    await new Promise((resolve) => request.addEventListener('success', resolve));
    const kept: unknown[] = [Object.entries(globalThis.localStorage), Object.entries(globalThis.sessionStorage)];
    for (const store of request.result.objectStoreNames) {
      const all = request.result.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => all.addEventListener('success', resolve));
      kept.push(store, all.result);
    }
    request.result.close();
    return JSON.stringify(kept);
  });
}

/** What a page, or whoever has got into it, gets when it asks for the private key of its station. */
export function triesToExportStationKey(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const request = indexedDB.open('mkiot-station');
    await new Promise((resolve) => request.addEventListener('success', resolve));
    const found = request.result.transaction('station').objectStore('station').get('credential');
    await new Promise((resolve) => found.addEventListener('success', resolve));
    request.result.close();
    const { keys } = found.result as { readonly keys: { readonly privateKey: CryptoKey } };
    const tries = (['jwk', 'pkcs8'] as const).map((format) =>
      crypto.subtle.exportKey(format, keys.privateKey).then(
        () => 'exported',
        () => 'refused',
      ),
    );
    return Promise.all(tries);
  });
}
