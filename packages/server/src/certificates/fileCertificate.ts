import type { Clock } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { pemBlocks } from '../runtime/pem.ts';
import { certificateError } from './certificateErrors.ts';
import type { CertificateSource } from './certificateSource.ts';
import type { CertifiedKey } from './issueCertificates.ts';
import { validityComplaint } from './validityComplaint.ts';

export interface FileCertificateOptions {
  /** For logs and errors: `https`. */
  readonly listener: string;
  /** The server's own certificate, then what stands between it and its root. */
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The operator's own certificate, followed as its files change. */
export class FileCertificate implements CertificateSource {
  readonly #options: FileCertificateOptions;
  #current: CertifiedKey | undefined;
  #complaint: string | undefined;

  constructor(options: FileCertificateOptions) {
    this.#options = options;
  }

  async refresh(): Promise<CertifiedKey> {
    const { listener, clock } = this.#options;
    try {
      const found = await readCertifiedKey(this.#options);
      if (found.cert !== this.#current?.cert || found.key !== this.#current.key) {
        assertUsable(found, this.#options);
        this.#current = found;
        this.#options.logger.info({ listener, file: this.#options.certificateFile }, 'own certificate loaded');
      }
      this.#complain(validityComplaint(this.#current.cert, clock.now()));
      return this.#current;
    } catch (error) {
      if (this.#current === undefined) throw error;
      // Programs that renew certificates write one file after the other: the next look finds both.
      this.#complain((error as Error).message);
      return this.#current;
    }
  }

  /** Says each thing once, not at every look. */
  #complain(complaint: string | undefined): void {
    const { listener, certificateFile, logger } = this.#options;
    if (complaint !== undefined && complaint !== this.#complaint) {
      logger.warn({ listener, file: certificateFile, complaint }, 'own certificate needs attention');
    }
    this.#complaint = complaint;
  }
}

async function readCertifiedKey({ listener, certificateFile, keyFile }: FileCertificateOptions): Promise<CertifiedKey> {
  const cert = await readText(certificateFile, listener);
  return { cert, key: await readText(keyFile, listener, refuseExposed) };
}

async function readText(
  file: string,
  listener: string,
  check?: (stats: Stats, file: string, listener: string) => void,
): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    check?.(await handle.stat(), file, listener);
    return await handle.readFile('utf8');
  } catch (error) {
    if (error instanceof MkiotError) throw error;
    const reason = (error as NodeJS.ErrnoException).code;
    throw certificateError('OWN_CERTIFICATE_UNREADABLE', { file, listener, reason }, error);
  }
}

/** A group may read it: that is how systems hand certificates to servers that do not run as root. */
function refuseExposed({ mode }: Stats, file: string, listener: string): void {
  if (process.platform === 'win32' || (mode & 0o007) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  throw certificateError('OWN_CERTIFICATE_KEY_EXPOSED', { file, listener, mode: octal });
}

function assertUsable(
  found: CertifiedKey,
  { listener, certificateFile, keyFile, clock }: FileCertificateOptions,
): void {
  const where = { file: certificateFile, listener };
  const chain = parseChain(found.cert, where);
  const [own] = chain;
  if (!own.checkPrivateKey(parseKey(found.key, { file: keyFile, listener }))) {
    throw certificateError('OWN_CERTIFICATE_KEY_WRONG', { ...where, keyFile });
  }
  for (const [index, issuer] of chain.entries()) {
    const issued = chain[index - 1];
    if (issued === undefined || (issued.checkIssued(issuer) && issued.verify(issuer.publicKey))) continue;
    const context = { ...where, place: index + 1, issuer: issuer.subject.replaceAll('\n', ', ') };
    throw certificateError('OWN_CERTIFICATE_CHAIN_BROKEN', context);
  }
  const now = new Date(clock.now());
  if (own.validToDate < now) {
    throw certificateError('OWN_CERTIFICATE_EXPIRED', { ...where, notAfter: own.validToDate.toISOString() });
  }
  if (own.validFromDate > now) {
    const context = { ...where, notBefore: own.validFromDate.toISOString(), now: now.toISOString() };
    throw certificateError('OWN_CERTIFICATE_NOT_YET_VALID', context);
  }
  try {
    createSecureContext(found);
  } catch (error) {
    throw certificateError('OWN_CERTIFICATE_UNSUITABLE', { ...where, reason: (error as Error).message }, error);
  }
}

interface Where {
  readonly file: string;
  readonly listener: string;
}

function parseChain(text: string, where: Where): readonly [X509Certificate, ...X509Certificate[]] {
  try {
    const blocks = pemBlocks(text).filter(({ label }) => label === 'CERTIFICATE');
    const [own, ...issuers] = blocks.map((block) => new X509Certificate(block.text));
    if (own !== undefined) return [own, ...issuers];
  } catch {
    // A damaged block is as good as none.
  }
  throw certificateError('OWN_CERTIFICATE_NOT_PEM', { ...where, expected: 'certificates' });
}

function parseKey(text: string, where: Where): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw certificateError('OWN_CERTIFICATE_NOT_PEM', { ...where, expected: 'one unencrypted private key' }, error);
  }
}
