import { base64Encode } from '@mkiot/core/bytes/base64';

const LINE = 64; // RFC 7468, section 2

/** A PEM block, with its last line end. */
export function pemText(label: string, der: Uint8Array): string {
  const lines = base64Encode(der).match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
