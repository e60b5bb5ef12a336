import { base64Decode } from '@mkiot/core/bytes/base64';
import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { Sighting } from './secret.ts';

interface TokenForm {
  readonly name: string;
  readonly pattern: RegExp;
}

/** What services give out, by the forms that their documentation names so that leaks can be found. */
const TOKEN_FORMS: readonly TokenForm[] = [
  { name: 'AWS access key id', pattern: /(?:AKIA|ASIA)[A-Z2-7]{16}\b(?<!EXAMPLE)/g },
  { name: 'Google API key', pattern: /AIza[\w-]{35}(?![\w-])/g },
  { name: 'Google OAuth access token', pattern: /ya29\.[\w-]{20,}/g },
  { name: 'Azure shared access key', pattern: /SharedAccessKey=[A-Za-z0-9+/]{43}=/g },
  { name: 'Azure storage key', pattern: /AccountKey=[A-Za-z0-9+/]{86}==/g },
  { name: 'Azure shared access signature', pattern: /SharedAccessSignature sr=[^\s&]+&sig=[\w%]{20,}/g },
  { name: 'GitHub token', pattern: /(?:gh[opsur]_[A-Za-z0-9]{36}|github_pat_\w{82})\b/g },
  { name: 'GitLab token', pattern: /glpat-[\w-]{20}(?![\w-])/g },
  { name: 'npm token', pattern: /npm_[A-Za-z0-9]{36}\b/g },
  { name: 'Slack token', pattern: /xox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { name: 'Slack webhook', pattern: /https:\/\/hooks\.slack\.com\/services\/T\w{6,}\/B\w{6,}\/\w{16,}/g },
  { name: 'Discord webhook', pattern: /https:\/\/discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{50,}/g },
  { name: 'Telegram bot token', pattern: /(?<=\d{8,10}):AA[\w-]{33}(?![\w-])/g },
  { name: 'SendGrid API key', pattern: /SG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g },
  { name: 'Stripe secret key', pattern: /[rs]k_live_[A-Za-z0-9]{20,}/g },
  { name: 'DigitalOcean token', pattern: /do[opr]_v1_[0-9a-f]{64}\b/g },
];

const JSON_WEB_TOKEN = /eyJ[\w-]{10,4000}\.eyJ[\w-]{8,8000}\.[\w-]{20,2000}/g;
const AUTHORIZATION_HEADER = /Authorization: ?(?:Bearer|Basic) [\w+/=.~-]{12,}/gi;

/** Tokens in a text. */
export function* tokensIn(text: string): Generator<Sighting> {
  for (const { name, pattern } of TOKEN_FORMS) {
    for (const { index, 0: token } of text.matchAll(pattern)) yield sighting(name, index, token, 'structured');
  }
  for (const { index, 0: token } of text.matchAll(JSON_WEB_TOKEN)) {
    const algorithm = algorithmOf(token);
    if (algorithm !== undefined) yield sighting(`JSON Web Token (${algorithm})`, index, token, 'structured');
  }
  for (const { index, 0: header } of text.matchAll(AUTHORIZATION_HEADER)) {
    yield sighting('Authorization header', index, header, 'suspected');
  }
}

function sighting(name: string, offset: number, token: string, confidence: Sighting['confidence']): Sighting {
  const what = `${name}, ${token.length} characters`;
  return { kind: 'token', what, offset, length: token.length, confidence };
}

/** What its header names (RFC 7515 section 4.1.1); undefined where it has no header of a token. */
function algorithmOf(token: string): string | undefined {
  try {
    const header = base64Decode(token.slice(0, token.indexOf('.')));
    const { alg } = JSON.parse(utf8Decode(header ?? new Uint8Array())) as { readonly alg?: unknown };
    return typeof alg === 'string' && /^[\w-]{2,20}$/.test(alg) ? alg : undefined;
  } catch {
    return undefined;
  }
}
