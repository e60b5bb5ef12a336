import type { Sighting } from './secret.ts';

/** The user information of RFC 3986 section 3.2.1 with a password in it. */
const URL_WITH_PASSWORD = /\b([a-z][a-z0-9+.-]{1,20}):\/\/([^\s/:@"'<>]{1,64}):([^\s/@"'<>]{1,128})@([\w.-]{1,253})/gi;
/** What programs and their documentation write where a password is to be filled in. */
const PLACEHOLDER =
  /%(?![0-9a-f]{2})|[${}]|^(?:x+|\*+|\.+|pass|password|passwd|pwd|secret|token|your[-_]?\w*|my[-_]?\w*)$/i;

/** User name and password in URLs of a text. */
export function* urlCredentialsIn(text: string): Generator<Sighting> {
  for (const match of text.matchAll(URL_WITH_PASSWORD)) {
    const [url, scheme = '', user = '', password = '', host = ''] = match;
    if (PLACEHOLDER.test(password) || PLACEHOLDER.test(user)) continue;
    const what = `${scheme.toLowerCase()} URL of host ${host} with a user name and a password of ${password.length} characters`;
    yield { kind: 'url-credentials', what, offset: match.index, length: url.length, confidence: 'structured' };
  }
}
