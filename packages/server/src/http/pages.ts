import type { Context } from 'hono';
import type { Api, ApiEnvironment } from './createApi.ts';

/** A page for people beside the API. */
export interface Page {
  readonly path: string;
  /** Called for each request: who has much to read keeps it. */
  open(): PageContent | Promise<PageContent>;
}

export interface PageContent {
  readonly html: string;
  readonly contentSecurityPolicy: string;
  /** Changes with anything of it. Undefined: it is never cached. */
  readonly version?: string;
  /** What it loads, by the path below its own. */
  readonly files?: ReadonlyMap<string, PageFile>;
}

export interface PageFile {
  readonly text: string;
  /** Its media type, how it is cached, and what is otherwise than in answers of the API. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Serves pages and what they load: of files those that a page names, and no other. */
export function addPages(app: Api, pages: readonly Page[]): void {
  for (const page of pages) {
    app.get(page.path, async (context) => {
      const { html, contentSecurityPolicy, version } = await page.open();
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': contentSecurityPolicy,
        ...(version !== undefined && { 'cache-control': 'no-cache' }),
      };
      return answer(context, { text: html, headers }, version);
    });
    app.get(`${page.path}/*`, async (context) => {
      const { files, version } = await page.open();
      const file = files?.get(context.req.path.slice(page.path.length + 1));
      return file === undefined ? context.notFound() : answer(context, file, version);
    });
  }
}

/** All of a page has one version, which is its entity tag (RFC 9110, section 8.8.3). */
function answer(context: Context<ApiEnvironment>, { text, headers }: PageFile, version: string | undefined): Response {
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  if (version === undefined) return context.body(text);
  const tag = `"${version}"`;
  context.header('etag', tag);
  return context.req.header('if-none-match') === tag ? context.body(null, 304) : context.body(text);
}
