import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where a page finds the isomorphic packages: a worker has no import map, so names become paths in what is served. */
const PACKAGE_IMPORT = /(from |import\()'@mkiot\/(board|core|esp32)\//g;
/** Packages of others that pages use, by the one file that their authors bundle for browsers. */
const BUNDLES: Readonly<Record<string, string>> = {
  'esptool-js': '/node_modules/esptool-js/bundle.js',
  qr: '/node_modules/qr/index.js',
};
const BUNDLE_IMPORT = /(from )'([a-z-]+)'/g;
const SCRIPTS: readonly string[] = ['.ts', '.mjs', '.js'];
const PAGE = '<!doctype html><title>MkIoT</title>';

/**
 * A page of the system's Chromium that can import the modules of this repository by their path, `/packages/esp32/src/…`:
 * what a browser is given is the same source, its types taken out.
 */
export async function openModulePage(): Promise<{ readonly page: Page } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const server = opened.adopt(await startServer(), (server) => void server.close());
  const browser = opened.use(await launchChromium());
  const page = await browser.newPage();
  // On loopback a page is a secure context, so it has WebCrypto.
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const all = opened.move();
  return { page, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

function startServer(): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    fileOf(pathname).then(
      ({ type, body }) => response.writeHead(200, { 'content-type': type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function fileOf(pathname: string): Promise<{ readonly type: string; readonly body: string | Uint8Array }> {
  if (pathname === '/') return { type: 'text/html', body: PAGE };
  const path = join(root, normalize(pathname));
  // Across packages a module is named without its extension, as a folder beside it may be; "exports" of a package adds it.
  const file = existsSync(`${path}.ts`) ? `${path}.ts` : path;
  const type = extname(file);
  if (!SCRIPTS.includes(type)) return { type: 'application/octet-stream', body: await readFile(file) };
  const source = await readFile(file, 'utf8');
  const script = type === '.ts' ? stripTypeScriptTypes(source) : source;
  const body = script
    .replaceAll(PACKAGE_IMPORT, "$1'/packages/$2/src/")
    .replaceAll(BUNDLE_IMPORT, (whole, from: string, name: string) =>
      Object.hasOwn(BUNDLES, name) ? `${from}'${BUNDLES[name]}'` : whole,
    );
  return { type: 'text/javascript', body };
}
