import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createApi } from '../http/createApi.ts';
import { modulePage } from './modulePage.ts';

const page = modulePage({
  path: '/bench',
  title: 'Bench',
  generator: 'MkIoT 0.0.0',
  main: '@mkiot/esp32/serial/slip',
  serviceWorker: '@mkiot/station/serviceWorker',
  body: '@mkiot/station/page/station.html',
  style: '@mkiot/station/page/station.css',
});

async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const api = createApi([], {
    authenticate: () => assert.fail('a page needs no login'),
    logger: { error: (problem: unknown) => assert.fail(String(problem)) },
    randomFill: (bytes) => bytes,
    version: '0.0.0',
    health: () => [],
    pages: [page],
  });
  return api.fetch(new Request(`http://localhost${path}`, { headers }), { remoteAddress: '127.0.0.1' });
}

const text = await (await get('/bench')).text();
const [, version = ''] = /\/bench\/([0-9a-f]{16})\//.exec(text) ?? [];

test('all that the page names is served, and never changes under its address', async () => {
  const urls = [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, url = '']) => url);
  assert.ok(urls.includes(`/bench/${version}/esp32/serial/slip.ts`));
  for (const url of urls) {
    const response = await get(url);
    assert.equal(response.status, 200, url);
    assert.match(response.headers.get('cache-control') ?? '', /immutable/);
    assert.match(response.headers.get('content-type') ?? '', url.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
  }
});

test('nothing else of the disk can be asked for', async () => {
  for (const path of [
    `${version}/esp32/serial/romLoader.ts`,
    `${version}/esp32/serial/slip.test.ts`,
    `${version}/esp32/../../../package.json`,
    `${version}/esp32/%2e%2e/%2e%2e/package.json`,
    `${version}//etc/passwd`,
    `0000000000000000/esp32/serial/slip.ts`,
    'esp32/serial/slip.ts',
    '',
  ]) {
    assert.equal((await get(`/bench/${path}`)).status, 404, path);
  }
});

test('the page runs its own modules alone, and nothing inline but its import map', async () => {
  const policy = (await get('/bench')).headers.get('content-security-policy') ?? '';
  const [, importMap = ''] = /<script type="importmap">(.*?)<\/script>/.exec(text) ?? [];
  const hash = createHash('sha256').update(importMap).digest('base64');
  assert.ok(policy.includes(`script-src 'self' 'sha256-${hash}';`));
  assert.ok(policy.startsWith("default-src 'none';"));
  assert.ok(!/unsafe|https?:|\*|data:|blob:/.test(policy));
  assert.ok(!/<script(?![^>]*(?:importmap|src=))|\son\w+=|style=/.test(text));
});

test('a browser that has the version is told so, of the page and of its worker', async () => {
  for (const path of ['/bench', '/bench/serviceWorker.js']) {
    const first = await get(path);
    const etag = first.headers.get('etag') ?? '';
    assert.equal(etag, `"${version}"`);
    assert.equal(first.headers.get('cache-control'), 'no-cache');
    assert.equal((await get(path, { 'if-none-match': etag })).status, 304);
    assert.equal((await get(path, { 'if-none-match': '"another"' })).status, 200);
  }
});

test('the service worker knows its version and its files, may keep the page, and reaches this server alone', async () => {
  const response = await get('/bench/serviceWorker.js');
  const script = await response.text();
  assert.ok(script.startsWith(`const CACHED = {"version":"${version}","page":"/bench","files":["/bench/${version}/`));
  assert.equal(response.headers.get('service-worker-allowed'), '/bench');
  assert.equal(response.headers.get('content-security-policy'), "default-src 'none'; connect-src 'self'");
});

test('a page whose modules cannot be read says so, and is read again when it is asked for again', async () => {
  const broken = modulePage({
    path: '/broken',
    title: 'Broken',
    generator: 'MkIoT 0.0.0',
    main: '@mkiot/board/node/durableFile',
    serviceWorker: '@mkiot/station/serviceWorker',
    body: '@mkiot/station/page/station.html',
    style: '@mkiot/station/page/station.css',
  });
  const first = broken.open();
  await assert.rejects(async () => first, { code: 'PAGE_MODULES_UNREADABLE' });
  const second = broken.open();
  assert.notEqual(second, first);
  await assert.rejects(async () => second, { code: 'PAGE_MODULES_UNREADABLE' });
});
