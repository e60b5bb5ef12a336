// Keeps the page where the server cannot be reached (W3C, "Service Workers"). It is one script: its version is in its text, so
// a browser sees by that alone that there is another one.

/** Of one version of the page, written before this script by the server. */
declare const CACHED: { readonly version: string; readonly page: string; readonly files: readonly string[] };

/** What of a ServiceWorkerGlobalScope is used here. */
interface WorkerScope {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: WorkerEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

interface WorkerEvent {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const CACHE_PREFIX = 'mkiot-station-';
const CACHE = `${CACHE_PREFIX}${CACHED.version}`;
/** A server that is away should not hold up who stands at the bench. */
const PAGE_MS = 3_000;

const worker = globalThis as unknown as WorkerScope;
const files = new Set(CACHED.files);

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== location.origin || event.request.method !== 'GET') return;
  if (pathname === CACHED.page) event.respondWith(page(event.request));
  else if (files.has(pathname)) event.respondWith(file(event.request));
});

/** All or nothing: a cache that has not got everything is none. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  const response = await fetch(CACHED.page, { cache: 'reload' });
  const version = response.headers.get('etag')?.replaceAll('"', '');
  if (!response.ok || version !== CACHED.version) throw new Error('the page is of another version than its worker');
  await Promise.all([cache.put(CACHED.page, response), cache.addAll(CACHED.files)]);
  // An open page has loaded all that it needs: the next one may be of the new version.
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(CACHE_PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await worker.clients.claim();
}

/** From the server, which may have a newer one; from the cache where it is away. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PAGE_MS) });
  } catch (error) {
    const kept = await caches.match(CACHED.page);
    if (kept !== undefined) return kept;
    throw error;
  }
}

/** What has its version in its path never changes. */
async function file(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}
