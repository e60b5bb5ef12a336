import { usageError } from '../usageErrors.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A server's address, `https://HOST:8443`; plain HTTP on this machine only. @throws `SERVER_WRONG`, `SERVER_NEEDS_TLS` */
export function parseServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw usageError('SERVER_WRONG');
  }
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname))
    throw usageError('SERVER_NEEDS_TLS', { url: url.origin });
  return url;
}

/** The host as sockets take it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
