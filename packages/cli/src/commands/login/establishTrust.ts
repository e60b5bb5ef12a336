import type { Cli } from '../../cli.ts';
import { readAuthority } from '../../connection/authorityFile.ts';
import { presentedAuthority } from '../../connection/serverCertificate.ts';
import { parseFingerprint } from '@mkiot/core/crypto/fingerprint';
import { usageError } from '../../usageErrors.ts';
import { loginError } from './loginErrors.ts';

/**
 * Decides which certificate authority the server at `url` may have, before anything secret is sent to it: that of
 * `--ca`, one whose fingerprint was given, one that the system trusts, or one that the person at the terminal confirms.
 *
 * @param fingerprint text after `--fingerprint`
 * @returns PEM of the only authority to trust from now on; undefined: those of the system
 * @throws `FINGERPRINT_OTHER`, `FINGERPRINT_UNCONFIRMED`, `FINGERPRINT_REFUSED`, `AUTHORITY_NOT_SHOWN`
 */
export async function establishTrust(url: URL, fingerprint: string | undefined, cli: Cli): Promise<string | undefined> {
  const expected = fingerprint === undefined ? undefined : fingerprintOf(fingerprint);
  if (url.protocol === 'http:') return undefined;
  if (cli.options.ca !== undefined) return readAuthority(cli.options.ca);

  const authority = await presentedAuthority(url, cli.ports.signal);
  const server = url.origin;
  if (expected !== undefined) {
    if (expected === authority.fingerprint) return authority.pem;
    throw loginError('FINGERPRINT_OTHER', { server, found: authority.fingerprint, expected });
  }
  if (authority.systemTrusts) return undefined;
  if (!cli.ports.input.isTerminal) {
    throw loginError('FINGERPRINT_UNCONFIRMED', { server, found: authority.fingerprint });
  }
  const answer = await cli.ports.input.ask(
    `${server} has a certificate authority of its own, with the fingerprint\n\n  ${authority.fingerprint}\n\n` +
      'Does "mkiot ca show" on the server print the same one? Write yes or no: ',
  );
  if (answer.toLowerCase() !== 'yes') throw loginError('FINGERPRINT_REFUSED', { server });
  return authority.pem;
}

function fingerprintOf(text: string): string {
  const fingerprint = parseFingerprint(text);
  if (fingerprint !== undefined) return fingerprint;
  const allowed = 'sha256: and 64 hexadecimal digits, as "mkiot ca show" prints it';
  throw usageError('ARGUMENT_WRONG', { argument: '--fingerprint', value: text, allowed });
}
