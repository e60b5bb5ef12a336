import { systemClock } from '@mkiot/core/clock/systemClock';
import { createApi } from '@mkiot/server/http/createApi';
import { listenLoopback } from '@mkiot/server/http/listeners';
import type { Page } from '@mkiot/server/http/pages';
import { modulePage } from '@mkiot/server/modulePages/modulePage';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page as BrowserPage } from 'playwright-core';
import { until } from '../support/until.ts';
import { wants } from '../support/wants.ts';
import { launchChromium } from './chromium.ts';

/** The station's page as a release of MkIoT has it. */
function release(version: string): Page {
  return modulePage({
    path: '/station',
    title: `Station of ${version}`,
    generator: `MkIoT ${version}`,
    main: '@mkiot/station/main',
    serviceWorker: '@mkiot/station/serviceWorker',
    body: '@mkiot/station/page/station.html',
    style: '@mkiot/station/page/station.css',
  });
}

function caches(page: BrowserPage): Promise<readonly string[]> {
  return page.evaluate(() => (globalThis as unknown as { caches: { keys(): Promise<string[]> } }).caches.keys());
}

test('an update of the platform takes the place of the page that a browser has kept', wants('chromium'), async () => {
  let current = release('1.0.0');
  const api = createApi([], {
    authenticate: () => assert.fail('a page needs no login'),
    logger: { error: (problem: unknown) => assert.fail(JSON.stringify(problem)) },
    randomFill,
    version: '1.0.0',
    health: () => [],
    pages: [{ path: '/station', open: () => current.open() }],
  });
  const listener = await listenLoopback(api, systemClock, { port: 0 });
  await using opened = new AsyncDisposableStack();
  const server = opened.adopt(listener, (it) => it.close(0));
  const browser = opened.use(await launchChromium());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.port}/station`);
  await page.getByText('Works without the server too').waitFor();
  const [first, ...others] = await caches(page);
  assert.deepEqual(others, []);

  current = release('2.0.0');
  await page.reload();
  assert.equal(await page.title(), 'Station of 2.0.0');
  const kept = await until(
    () => caches(page),
    (names) => names.length === 1 && names[0] !== first,
  );
  assert.equal(kept.length, 1);

  await server.close(0);
  await page.reload();
  assert.equal(await page.title(), 'Station of 2.0.0');
  await page.getByText('Works without the server too').waitFor();
  assert.ok(await page.locator('#provision').isVisible());
});
