import { httpError } from './httpErrors.ts';
import type { PathParams } from './apiRoute.ts';

// Google's APIs end a path in `:verb`. hono cannot tell `{device}:sendCommandToDevice` from a device called that, so inside
// it the verb is a segment of its own: `…/pump-1:sendCommandToDevice` is routed as `…/pump-1/~sendCommandToDevice`.

/** The path by which hono routes a request: raw segments, the verb as a segment. */
export function routedPath(url: string): string {
  const { pathname } = new URL(url);
  // Ids start with a letter: only a verb that this function has made begins with a tilde.
  if (pathname.includes('/~')) return '/~';
  return pathname.replace(/:([a-zA-Z]+)$/, '/~$1');
}

/** A route's OpenAPI template as hono's: `/v1/{name}:verb` → `/v1/:name/~verb`. */
export function routedTemplate(template: string): string {
  return template.replace(/:([a-zA-Z]+)$/, '/~$1').replaceAll(/\{(\w+)\}/g, ':$1');
}

/**
 * What the raw segments of `path` say at the places that `template` names. Ids may hold `%` and `+`, so each is
 * percent-decoded exactly once.
 *
 * @param template as {@link routedTemplate} gives it
 * @param path as {@link routedPath} gives it, matched by the template
 * @throws `PATH_NOT_PERCENT_ENCODED`
 */
export function pathParams(template: string, path: string): PathParams {
  const segments = path.split('/');
  const params: Record<string, string> = {};
  for (const [index, name] of template.split('/').entries()) {
    if (name.startsWith(':')) params[name.slice(1)] = decodeSegment(segments[index] ?? '');
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw httpError('PATH_NOT_PERCENT_ENCODED', {}, error);
  }
}
