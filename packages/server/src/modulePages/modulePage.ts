import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Page, PageContent, PageFile } from '../http/pages.ts';
import { modulePageError } from './modulePageErrors.ts';
import { readNamed } from './pageModules.ts';
import type { PageScripts, ReadPageScripts } from './pageModulesThread.ts';

/** A page that is made of TypeScript modules, and works without the server once it was loaded. */
export interface ModulePage extends PageScripts {
  readonly path: string;
  readonly title: string;
  /** What makes the page, with its version. */
  readonly generator: string;
  /** What stands in its body, by its name. */
  readonly body: string;
  /** Its style sheet, by its name. */
  readonly style: string;
}

const SCRIPT_TYPE = 'text/javascript; charset=utf-8';
const STYLE_TYPE = 'text/css; charset=utf-8';
/** What has its version in its path never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const VERSION_DIGITS = 16;
const STYLE_FILE = 'page.css';
const WORKER_FILE = 'serviceWorker.js';

/** The page as a listener serves it. What it is made of is read when it is first asked for. */
export function modulePage(page: ModulePage): Page {
  let content: Promise<PageContent> | undefined;
  return {
    path: page.path,
    open() {
      content ??= readContent(page).catch((error: unknown) => {
        content = undefined;
        throw error;
      });
      return content;
    },
  };
}

async function readContent(page: ModulePage): Promise<PageContent> {
  const { modules, serviceWorker } = await readScripts(page);
  const [body, style] = await Promise.all([readNamed(page.body), readNamed(page.style)]);
  const version = versionOf(page, [...modules.sources], serviceWorker, body, style);
  const url = (path: string): string => `${page.path}/${version}/${path}`;
  const modulePaths = [...modules.sources.keys()];
  const imports = Object.fromEntries([...modules.names].map(([name, path]) => [name, url(path)]));
  const importMap = JSON.stringify({ imports });
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="generator" content="${page.generator}">`,
    `<title>${page.title}</title>`,
    `<link rel="stylesheet" href="${url(STYLE_FILE)}">`,
    `<script type="importmap">${importMap}</script>`,
    // All at once: a browser would learn of them one import after the other.
    ...modulePaths.map((path) => `<link rel="modulepreload" href="${url(path)}">`),
    `<script type="module" src="${imports[page.main]}"></script>`,
  ];
  const cached = { version, page: page.path, files: [STYLE_FILE, ...modulePaths].map(url) };
  return {
    html: `<!doctype html>\n<html lang="en">\n<head>\n${head.join('\n')}\n</head>\n<body>\n${body}</body>\n</html>\n`,
    contentSecurityPolicy: contentSecurityPolicy(importMap),
    version,
    files: new Map([
      ...[...modules.sources].map(([path, text]) => [`${version}/${path}`, fileForEver(text, SCRIPT_TYPE)] as const),
      [`${version}/${STYLE_FILE}`, fileForEver(style, STYLE_TYPE)],
      [WORKER_FILE, workerFile(`const CACHED = ${JSON.stringify(cached)};\n${serviceWorker}`, page.path)],
    ]),
  };
}

/** Of all that it is made of. */
function versionOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, VERSION_DIGITS);
}

function fileForEver(text: string, type: string): PageFile {
  return { text, headers: { 'content-type': type, 'cache-control': FOR_EVER } };
}

/** A service worker has a policy of its own, and fetches what it caches; its scope is the page itself. */
function workerFile(text: string, scope: string): PageFile {
  const headers = {
    'content-type': SCRIPT_TYPE,
    'cache-control': 'no-cache',
    'content-security-policy': "default-src 'none'; connect-src 'self'",
    'service-worker-allowed': scope,
  };
  return { text, headers };
}

/** Content Security Policy Level 3: nothing from elsewhere, and nothing inline but the import map. */
function contentSecurityPolicy(importMap: string): string {
  const hash = createHash('sha256').update(importMap).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** @throws `PAGE_MODULES_UNREADABLE` */
async function readScripts({ path, main, serviceWorker }: ModulePage): Promise<ReadPageScripts> {
  const scripts: PageScripts = { main, serviceWorker };
  const thread = new Worker(new URL('pageModulesThread.ts', import.meta.url), {
    workerData: scripts,
    name: 'page modules',
    // Node calls the taking out of types experimental; operators have no use for that.
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  try {
    const [read] = (await once(thread, 'message')) as [ReadPageScripts];
    return read;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw modulePageError('PAGE_MODULES_UNREADABLE', { page: path, reason }, error);
  }
}
